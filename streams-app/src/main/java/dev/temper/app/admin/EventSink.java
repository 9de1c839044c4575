package dev.temper.app.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;

/** Server-sent events on their way to a reader (HTML Living Standard, 9.2.6). One thread. */
public final class EventSink {
    private final OutputStream out;
    private final BooleanSupplier open;

    EventSink(OutputStream out, BooleanSupplier open) {
        this.out = out;
        this.open = open;
    }

    /** Whether the server goes on; a writer looks often, and returns when it does not. */
    public boolean isOpen() {
        return open.getAsBoolean();
    }

    /** Tells a reader's browser how long to wait before it comes back. */
    public void retryAfter(long ms) throws IOException {
        send("retry: " + ms + "\n\n");
    }

    /**
     * One event, sent at once.
     *
     * @param name its type
     * @param id what the reader shall bring as {@code Last-Event-ID} to go on behind this event; one line
     * @param data as JSON, which is one line
     * @throws IOException when the reader went away
     */
    public void event(String name, String id, Object data) throws IOException {
        send("id: " + id + "\nevent: " + name + "\ndata: " + json(data) + "\n\n");
    }

    private static String json(Object data) {
        try {
            return Json.WRITER.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the event cannot be written as JSON", e);
        }
    }

    private void send(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }
}
