package dev.temper.tests.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The moderation page's server with sample data, for states that a running sidecar is hard to bring into: refusals, outages,
 * an hour of traffic. The page's own files are the real ones.
 */
final class StubModeration implements AutoCloseable {
    static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";
    private static final String ASSETS = "/dev/temper/app/moderation/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SampleData sample = new SampleData(7, Instant.now());
    private final List<ObjectNode> items = new CopyOnWriteArrayList<>();
    private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
    private final List<String> poisons = new CopyOnWriteArrayList<>();
    private final List<String> resumedFrom = new CopyOnWriteArrayList<>();
    private final AtomicReference<ObjectNode> late = new AtomicReference<>();
    private final AtomicInteger eventId = new AtomicInteger();
    private volatile String token = "";
    private volatile int failure;

    StubModeration(int flagged) throws IOException {
        items.addAll(sample.flagged(flagged));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/moderation/";
    }

    /** From now on all below /api/ asks for it; empty, none is asked for. */
    void askFor(String newToken) {
        token = newToken;
    }

    /** From now on all below /api/ answers with this status; 0, as it should. */
    void failWith(int status) {
        failure = status;
    }

    /** What readers of the events named as the last that they had seen. */
    List<String> resumedFrom() {
        return resumedFrom;
    }

    ObjectNode item(String id) {
        return items.stream()
                .filter(item -> item.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    void flag(String id, String tenant, String prompt, String text) {
        ObjectNode item = sample.item(id, tenant, prompt, text, System.currentTimeMillis());
        items.add(0, item);
        tell("flagged", summary(item));
    }

    /** Tells of an answer that the list has only when it was read once more. */
    void flagBeforeTheListHasIt(String id, String text) {
        ObjectNode item = sample.item(id, "default", "a question", text, System.currentTimeMillis());
        late.set(item);
        tell("flagged", summary(item));
    }

    /** The same text in every field of an item that could hold one, and as names in the overview. */
    void poison(String id, String text) {
        ObjectNode item = item(id);
        item.put("prompt_id", text)
                .put("policy_version", text)
                .put("model_id", text)
                .put("finish_reason", text);
        item.put("action", text);
        item.putObject("subspaces").put(text, text);
        item.putObject("parameters").put(text, text);
        item.withArray("scores").forEach(score -> ((ObjectNode) score).put("category", text));
        item.putArray("messages").addObject().put("role", text).put("content", text);
        item.putObject("verdict")
                .put("verdict", text)
                .put("reviewer", text)
                .put("note", text)
                .put("decided_at", 0);
        item.putNull("verdict");
        item.putObject("trace")
                .putArray("tokens")
                .addObject()
                .put("text", text)
                .putObject("margins")
                .put(text, -1.0);
        poisons.add(text);
    }

    /** Cuts all readers of events off. */
    void cut() throws IOException {
        for (OutputStream stream : streams) {
            stream.close();
        }
        streams.clear();
    }

    private void tell(String type, JsonNode data) {
        byte[] event =
                ("id: " + eventId.incrementAndGet() + "\nevent: " + type + "\ndata: " + data + "\n\n").getBytes(UTF_8);
        streams.removeIf(stream -> {
            try {
                stream.write(event);
                stream.flush();
                return false;
            } catch (IOException e) {
                return true; // the page is gone
            }
        });
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/moderation/")) {
            asset(exchange, path.equals("/moderation/") ? "index.html" : path.substring("/moderation/".length()));
        } else if (failure != 0) {
            answer(
                    exchange,
                    failure,
                    JSON.createObjectNode().put("error", "the stores are being restored; wait a little"));
        } else if (!token.isEmpty()
                && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, JSON.createObjectNode().put("error", "bring the token"));
        } else if (path.equals("/api/v1/overview")) {
            answer(exchange, 200, overview());
        } else if (path.equals("/api/v1/flagged")) {
            answer(exchange, 200, page(query(exchange)));
        } else if (path.equals("/api/v1/events")) {
            String from = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            resumedFrom.add(from == null ? "" : from);
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            streams.add(exchange.getResponseBody());
            tell("ping", JSON.createObjectNode());
        } else if (path.startsWith("/api/v1/flagged/")) {
            one(exchange, path.substring("/api/v1/flagged/".length()));
        } else {
            answer(exchange, 404, JSON.createObjectNode().put("error", "nothing is here"));
        }
    }

    private ObjectNode overview() {
        ObjectNode overview = items.isEmpty() ? sample.quiet() : sample.overview();
        for (String text : poisons) {
            overview.withArray("tenants").add(text);
            overview.withArray("categories").add(text);
            overview.withObject("/actions").put(text, 1);
            overview.withObject("/rejects_by_reason").put(text, 1);
            overview.withObject("/score_histogram").set(text, overview.at("/score_histogram/toxicity"));
            overview.withArray("series").forEach(bucket -> {
                bucket.withObject("/flagged_by_category").put(text, 40);
                bucket.withObject("/results_by_tenant").put(text, 50);
                bucket.withObject("/flagged_by_tenant").put(text, 40);
            });
            overview.withArray("instances")
                    .addObject()
                    .put("url", text)
                    .put("error", text)
                    .put("reachable", false);
        }
        return overview;
    }

    private void one(HttpExchange exchange, String rest) throws IOException {
        String id = rest.replaceFirst("/verdict$", "");
        if (items.stream().noneMatch(item -> item.path("id").asText().equals(id))) {
            answer(exchange, 404, JSON.createObjectNode().put("error", "no such answer"));
            return;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            answer(exchange, 200, item(id));
            return;
        }
        ObjectNode verdict =
                ((ObjectNode) JSON.readTree(exchange.getRequestBody())).put("decided_at", System.currentTimeMillis());
        item(id).set("verdict", verdict);
        ObjectNode event = JSON.createObjectNode().put("id", id);
        event.set("verdict", verdict);
        tell("verdict", event);
        answer(exchange, 202, JSON.createObjectNode().set("verdict", verdict));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new TreeMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String part : raw == null ? new String[0] : raw.split("&")) {
            String[] pair = part.split("=", 2);
            query.put(pair[0], URLDecoder.decode(pair[1], UTF_8));
        }
        return query;
    }

    private ObjectNode page(Map<String, String> query) {
        List<ObjectNode> found = new ArrayList<>(items);
        ObjectNode arrived = late.getAndSet(null);
        if (arrived != null) {
            items.add(0, arrived);
        }
        found.removeIf(item -> !matches(item, query));
        int from = Integer.parseInt(query.getOrDefault("before", "0"));
        int to = Math.min(found.size(), from + Integer.parseInt(query.getOrDefault("limit", "50")));
        ObjectNode page = JSON.createObjectNode();
        found.subList(from, to).forEach(item -> page.withArray("items").add(summary(item)));
        page.withArray("items");
        page.put("next", to < found.size() ? Integer.toString(to) : null);
        return page.put(
                "open",
                items.stream().filter(item -> item.get("verdict").isNull()).count());
    }

    private static boolean matches(ObjectNode item, Map<String, String> query) {
        String state = query.getOrDefault("state", "open");
        boolean open = item.get("verdict").isNull();
        return (state.equals("all") || open == state.equals("open"))
                && query.getOrDefault("tenant", item.path("tenant").asText())
                        .equals(item.path("tenant").asText())
                && query.getOrDefault("action", item.path("action").asText())
                        .equals(item.path("action").asText())
                && item.path("severity").asInt() >= Integer.parseInt(query.getOrDefault("min_severity", "0"))
                && item.path("text").asText().contains(query.getOrDefault("q", ""));
    }

    private static ObjectNode summary(ObjectNode item) {
        return item.deepCopy().without(List.of("messages", "prompt", "text", "trace", "parameters"));
    }

    private static void asset(HttpExchange exchange, String name) throws IOException {
        try (InputStream file = StubModeration.class.getResourceAsStream(ASSETS + name)) {
            if (file == null || !name.matches("[\\w.-]+")) {
                answer(exchange, 404, JSON.createObjectNode().put("error", "no such file"));
                return;
            }
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
            headers.set("Content-Security-Policy", CSP);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cache-Control", "no-store");
            send(exchange, 200, file.readAllBytes());
        }
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, status, body.toString().getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
