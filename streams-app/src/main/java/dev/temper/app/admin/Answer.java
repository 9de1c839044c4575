package dev.temper.app.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reply that is whole.
 *
 * @param status of HTTP
 * @param contentType with its character set
 * @param body the bytes; written once, then left alone
 * @param headers further ones, in place of the server's own of the same name
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Answer(int status, String contentType, byte[] body, Map<String, String> headers) implements Reply {
    private static final String TEXT = "text/plain; charset=utf-8";

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** Without headers of its own. */
    public Answer(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    /** A line for people. */
    public static Answer text(int status, String line) {
        return new Answer(status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** An object as JSON that is inert also where it is taken for HTML. */
    public static Answer json(int status, Object content) {
        try {
            return new Answer(status, "application/json", Json.WRITER.writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            // Without the cause, whose message may quote the content.
            throw new IllegalStateException("the answer cannot be written as JSON");
        }
    }

    /** What went wrong, for programs: what, where, what to do. */
    public static Answer error(int status, String line) {
        return json(status, Map.of("error", line));
    }

    /** The way to another path of this server. */
    public static Answer redirect(String path) {
        return new Answer(302, TEXT, new byte[0]).with("Location", path);
    }

    /** The same with a header more. */
    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, body, more);
    }
}
