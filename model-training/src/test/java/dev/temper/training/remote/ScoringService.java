package dev.temper.training.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A service on this machine that answers as a test says. */
final class ScoringService implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One answer; a body of null sends headers only, and no more. */
    record Reply(
            int status, @org.jspecify.annotations.Nullable String body, List<String> retryAfter) {
        static Reply of(int status, String body) {
            return new Reply(status, body, List.of());
        }
    }

    /** What the service is asked. */
    record Asked(int number, JsonNode body, URI uri, String authorization) {}

    interface Behaviour {
        Reply answer(Asked asked) throws InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    final List<Asked> asked = new CopyOnWriteArrayList<>();

    ScoringService(Behaviour behaviour) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/score", exchange -> serve(exchange, behaviour));
        server.setExecutor(threads);
        server.start();
    }

    private void serve(HttpExchange exchange, Behaviour behaviour) throws IOException {
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try (exchange) {
            Asked request = new Asked(
                    number.incrementAndGet(),
                    JSON.readTree(exchange.getRequestBody()),
                    exchange.getRequestURI(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            asked.add(request);
            Reply reply = behaviour.answer(request);
            reply.retryAfter().forEach(value -> exchange.getResponseHeaders().set("Retry-After", value));
            if (reply.body() == null) {
                exchange.sendResponseHeaders(reply.status(), 10);
                exchange.getResponseBody().flush();
                Thread.sleep(60_000); // until the test closes the service
                return;
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            inFlight.decrementAndGet(); // before the client can send its next request
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/score");
    }

    int mostInFlight() {
        return mostInFlight.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
    }
}
