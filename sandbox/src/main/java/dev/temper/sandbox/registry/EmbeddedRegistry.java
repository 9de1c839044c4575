package dev.temper.sandbox.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.temper.runtime.TemperException;
import dev.temper.sandbox.FolderLock;
import dev.temper.sandbox.Loopback;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry inside this JVM, on the loopback interface. It speaks the part of the Confluent REST API that
 * serialisers and build tools use, for Avro: register, look up, ids, versions, compatibility, levels and modes, with
 * references; and keeps all of it in one file of a folder, which survives a restart and a kill.
 *
 * <p>Limits: no deletion, no contexts, no other schema types, no authentication.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MAX_BODY_BYTES = 4 << 20;
    private static final int THREADS = 4;

    static {
        // The JDK's server writes head and body apart; with Nagle's algorithm each answer would wait 40 ms.
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final FolderLock lock;
    private final SchemaStore store;
    private final RegistryRoutes routes;
    private final HttpServer server;
    private final ExecutorService threads;
    private boolean closed;

    private EmbeddedRegistry(FolderLock lock, SchemaStore store, HttpServer server) {
        this.lock = lock;
        this.store = store;
        this.routes = new RegistryRoutes(store);
        this.server = server;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "schema-registry");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a registry on the data of this folder, which is created where it is missing.
     *
     * @param port the loopback port; 0 takes any free one
     * @throws TemperException when the folder is in use, not writable or damaged, or the port is taken
     */
    public static EmbeddedRegistry start(Path dataFolder, int port) {
        FolderLock lock = FolderLock.acquire(dataFolder, "an embedded schema registry");
        HttpServer server = null;
        try {
            server = HttpServer.create(Loopback.at(port), 0);
            SchemaStore store = new SchemaStore(JournalFile.open(dataFolder, "schemas.jsonl"));
            EmbeddedRegistry registry = new EmbeddedRegistry(lock, store, server);
            server.setExecutor(registry.threads);
            server.createContext("/", registry::handle);
            server.start();
            LOG.info("Schema registry serves {} from {}", registry.url(), dataFolder);
            return registry;
        } catch (BindException e) {
            lock.close();
            throw new TemperException(
                    "Port " + port + " is taken by another program: stop it, or choose another port", e);
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                server.stop(0);
            }
            lock.close();
            if (e instanceof TemperException readable) {
                throw readable;
            }
            throw new TemperException(
                    "The embedded schema registry on " + dataFolder + " did not start: " + e.getMessage(), e);
        }
    }

    /** {@code http://127.0.0.1:port}, for {@code schema.registry.url}. */
    public String url() {
        return "http://" + Loopback.HOST + ":" + server.getAddress().getPort();
    }

    /** Stops at once; what was answered is on the disk. The second call does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.stop(0);
            threads.shutdown();
            store.close();
        } catch (IOException e) {
            throw new TemperException("The schema registry's file could not be closed: " + e.getMessage(), e);
        } finally {
            lock.close();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        int status = 200;
        byte[] answer;
        try {
            answer = toJson(routes.answer(request(exchange)));
        } catch (RegistryError e) {
            status = e.status();
            answer = error(e.code(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            LOG.error(
                    "A request to the schema registry failed: {}",
                    exchange.getRequestURI().getPath(),
                    e);
            status = 500;
            answer = error(50001, "Error in the backend data store: " + e.getMessage());
        }
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        exchange.sendResponseHeaders(status, answer.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(answer);
        }
    }

    private RegistryRoutes.Request request(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw RegistryError.tooLarge(MAX_BODY_BYTES);
        }
        List<String> path = Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
                .filter(segment -> !segment.isEmpty())
                // In a path a plus sign is itself; only a form's encoding means a space by it.
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        return new RegistryRoutes.Request(
                exchange.getRequestMethod(),
                path,
                query(exchange.getRequestURI().getRawQuery()),
                object(body));
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    parts.length == 2 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "true");
        }
        return query;
    }

    private JsonNode object(byte[] body) throws IOException {
        if (body.length == 0) {
            return json.createObjectNode();
        }
        try {
            JsonNode node = json.readTree(body);
            if (node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw RegistryError.notJson();
        }
        throw RegistryError.notJson();
    }

    private byte[] toJson(Object answer) throws JsonProcessingException {
        return answer instanceof RegistryRoutes.RawJson raw
                ? raw.text().getBytes(StandardCharsets.UTF_8)
                : json.writeValueAsBytes(answer);
    }

    private byte[] error(int code, String message) throws JsonProcessingException {
        return json.writeValueAsBytes(
                json.createObjectNode().put("error_code", code).put("message", message));
    }
}
