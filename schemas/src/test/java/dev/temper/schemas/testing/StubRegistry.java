package dev.temper.schemas.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A registry for tests: it keeps what is registered, counts what is asked, and answers what a test puts in its way. It
 * compares schemas by their text.
 */
public final class StubRegistry implements AutoCloseable {

    /** One request: method and path with query, and the headers. */
    public record Request(String line, Map<String, List<String>> headers, String body) {}

    private record Answer(int status, String body) {}

    private final ObjectMapper json = new ObjectMapper();
    private final HttpServer server;
    private final List<Request> requests = new ArrayList<>();
    private final Deque<Answer> scripted = new ArrayDeque<>();
    private final List<ObjectNode> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new LinkedHashMap<>();
    private @Nullable Answer always;

    public StubRegistry() {
        this(null);
    }

    /** @param tls what to answer with over HTTPS; null for HTTP */
    public StubRegistry(@Nullable SSLContext tls) {
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://localhost:"
                + server.getAddress().getPort();
    }

    /** Answers the next request with this, whatever it asks. */
    public synchronized void answerNext(int status, String body) {
        scripted.add(new Answer(status, body));
    }

    /** Answers every request with this from now on. */
    public synchronized void answerAlways(int status, String body) {
        always = new Answer(status, body);
    }

    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    public synchronized List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    /** Registers a schema behind the client's back, under the next id. */
    public synchronized int add(String subject, String schema, @Nullable JsonNode references) {
        ObjectNode body = json.createObjectNode().put("schema", schema);
        if (references != null) {
            body.set("references", references);
        }
        return register(subject, body);
    }

    public synchronized String schemaText(int id) {
        return schemas.get(id - 1).path("schema").asText();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        synchronized (this) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(new Request(line, Map.copyOf(exchange.getRequestHeaders()), body));
            Answer next = scripted.poll();
            if (next != null) {
                answer = next;
            } else if (always != null) {
                answer = always;
            } else {
                answer = route(exchange, body.isEmpty() ? json.createObjectNode() : json.readTree(body));
            }
        }
        byte[] bytes = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer route(HttpExchange exchange, JsonNode body) {
        List<String> path = Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part, UTF_8))
                .toList();
        String shape = exchange.getRequestMethod() + " " + path.get(0) + " " + path.size();
        return switch (shape) {
            case "GET subjects 1" -> ok(json.valueToTree(subjects.keySet()));
            case "POST subjects 2" -> lookup(path.get(1), (ObjectNode) body);
            case "POST subjects 3" -> ok(json.createObjectNode().put("id", register(path.get(1), (ObjectNode) body)));
            case "GET subjects 3" -> versions(path.get(1));
            case "GET subjects 4" -> version(path.get(1), path.get(3));
            case "GET schemas 3" -> schema(Integer.parseInt(path.get(2)));
            case "GET config 1" -> ok(json.createObjectNode().put("compatibilityLevel", "FULL"));
            case "GET config 2" -> error(404, 40408, "no level of its own");
            case "PUT config 2" -> ok(body);
            case "POST compatibility 5" -> ok(json.createObjectNode().put("is_compatible", false));
            default -> error(404, 404, "HTTP 404 Not Found");
        };
    }

    private int register(String subject, ObjectNode body) {
        int index = schemas.indexOf(body);
        if (index < 0) {
            schemas.add(body);
            index = schemas.size() - 1;
        }
        List<Integer> ids = subjects.computeIfAbsent(subject, ignored -> new ArrayList<>());
        if (!ids.contains(index + 1)) {
            ids.add(index + 1);
        }
        return index + 1;
    }

    private Answer lookup(String subject, ObjectNode body) {
        List<Integer> ids = subjects.get(subject);
        if (ids == null) {
            return error(404, 40401, "Subject not found");
        }
        int id = schemas.indexOf(body) + 1;
        return ids.contains(id) ? full(subject, ids.indexOf(id) + 1) : error(404, 40403, "Schema not found");
    }

    private Answer versions(String subject) {
        List<Integer> ids = subjects.get(subject);
        if (ids == null) {
            return error(404, 40401, "Subject not found");
        }
        ObjectNode holder = json.createObjectNode();
        for (int version = 1; version <= ids.size(); version++) {
            holder.withArray("versions").add(version);
        }
        return ok(holder.get("versions"));
    }

    private Answer version(String subject, String version) {
        List<Integer> ids = subjects.get(subject);
        if (ids == null) {
            return error(404, 40401, "Subject not found");
        }
        int number = version.equals("latest") ? ids.size() : Integer.parseInt(version);
        return number <= ids.size() ? full(subject, number) : error(404, 40402, "Version not found");
    }

    private Answer full(String subject, int version) {
        int id = subjects.getOrDefault(subject, List.of()).get(version - 1);
        return ok(schemas.get(id - 1)
                .deepCopy()
                .put("subject", subject)
                .put("version", version)
                .put("id", id));
    }

    private Answer schema(int id) {
        return id >= 1 && id <= schemas.size() ? ok(schemas.get(id - 1)) : error(404, 40403, "Schema not found");
    }

    private static Answer ok(JsonNode body) {
        return new Answer(200, body.toString());
    }

    private Answer error(int status, int code, String message) {
        return new Answer(
                status,
                json.createObjectNode()
                        .put("error_code", code)
                        .put("message", message)
                        .toString());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
