package dev.temper.app.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts replies on the wire, with the headers that keep browsers from making more of them than they are. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    private static final int NOT_MODIFIED = 304;

    private Replies() {}

    /** Sends an answer and ends the exchange. */
    static void send(HttpExchange exchange, Answer answer) {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            HEADERS.forEach(headers::set);
            headers.set("Content-Type", answer.contentType());
            answer.headers().forEach(headers::set);
            if (answer.status() == 401) {
                headers.set("WWW-Authenticate", "Bearer realm=\"temper\"");
            }
            boolean bare = exchange.getRequestMethod().equals("HEAD") || answer.status() == NOT_MODIFIED;
            exchange.sendResponseHeaders(
                    answer.status(), bare || answer.body().length == 0 ? -1 : answer.body().length);
            if (!bare && answer.body().length > 0) {
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer.body());
                }
            }
        } catch (IOException e) {
            LOG.debug("a client of the admin server went away", e);
        }
    }

    /**
     * Sends a stream until it ends.
     *
     * @param open whether the server goes on
     */
    static void stream(HttpExchange exchange, Reply.EventStream stream, BooleanSupplier open) {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            HEADERS.forEach(headers::set);
            headers.set("Content-Type", "text/event-stream; charset=utf-8");
            // Some proxies collect an answer before they pass it on.
            headers.set("X-Accel-Buffering", "no");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : 0);
            if (!head) {
                try (OutputStream body = exchange.getResponseBody()) {
                    stream.writer().write(new EventSink(body, open));
                }
            }
        } catch (IOException e) {
            LOG.debug("the reader of a stream went away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("a stream of events failed with {}", e.getClass().getName());
        }
    }
}
