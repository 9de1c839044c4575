package dev.temper.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.temper.app.config.AdminConfig;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD from operators' tools. Thread-safe. Nothing that happens to a request reaches the rest of the
 * process: its threads are its own, and what an endpoint throws becomes a 500.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 4;

    static {
        // Head and body are written apart; with Nagle's algorithm each answer would wait 40 ms.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        // Seconds: a client that is slow on purpose must not keep a thread for ever.
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", "60");
        setUnlessSet("jdk.httpserver.maxConnections", "64");
    }

    private record Route(Endpoint endpoint, boolean open) {}

    private final HttpServer server;
    private final ExecutorService threads;
    private final Guard guard;
    private final Map<String, Route> routes = new ConcurrentHashMap<>();

    private AdminServer(HttpServer server, Guard guard) {
        this.server = server;
        this.guard = guard;
        this.threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "temper-admin");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Looks whether a server that is configured so would know whom to answer; opens nothing.
     *
     * @param environment an environment variable's value by its name, null where it is not set
     * @throws TemperException if the token that it shall ask for is missing
     */
    public static void check(AdminConfig config, Function<String, @Nullable String> environment) {
        Guard.of(config, environment);
    }

    /**
     * Starts to listen; every path is a 404 until it has an endpoint.
     *
     * @param environment an environment variable's value by its name, null where it is not set
     * @throws TemperException if it cannot listen there, or the token that it shall ask for is missing
     */
    public static AdminServer start(AdminConfig config, Function<String, @Nullable String> environment) {
        Guard guard = Guard.of(config, environment);
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(config.address(), config.port()), 0);
            AdminServer admin = new AdminServer(server, guard);
            server.start();
            LOG.info("probes and metrics are at {}", admin.url());
            return admin;
        } catch (IOException | UnresolvedAddressException e) {
            throw new TemperException(
                    "admin: cannot listen on " + config.address() + ":" + config.port() + " (" + reason(e)
                            + "); choose another admin.port (0: any free one) or admin.address, or stop the program that"
                            + " has it",
                    e);
        }
    }

    private static String reason(Exception e) {
        return e instanceof UnresolvedAddressException ? "no such address" : String.valueOf(e.getMessage());
    }

    /** Puts an endpoint behind a path, for whoever may ask. */
    public void serve(String path, Endpoint endpoint) {
        routes.put(path, new Route(endpoint, false));
    }

    /** Puts an endpoint behind a path, for everyone: probes bring no token. */
    public void serveOpenly(String path, Endpoint endpoint) {
        routes.put(path, new Route(endpoint, true));
    }

    /** Where it listens: {@code http://address:port}. */
    public String url() {
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Answer answer = answer(exchange);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            if (answer.status() == 401) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer realm=\"temper\"");
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : answer.body().length);
            if (!head) {
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer.body());
                }
            }
        } catch (IOException e) {
            LOG.debug("a client of the admin server went away", e);
        }
    }

    private Answer answer(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        Route route = routes.get(path);
        if (route == null || !route.open()) {
            Optional<Answer> refusal = guard.refusal(
                    exchange.getRequestHeaders().getFirst("Host"),
                    exchange.getRequestHeaders().getFirst("Authorization"));
            if (refusal.isPresent()) {
                return refusal.get();
            }
        }
        if (route == null) {
            return Answer.text(
                    404,
                    "there is "
                            + String.join(
                                    ", ", routes.keySet().stream().sorted().toList()));
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.text(405, "only GET and HEAD are answered");
        }
        try {
            String accept = exchange.getRequestHeaders().getFirst("Accept");
            return route.endpoint().answer(accept == null ? "" : accept);
        } catch (RuntimeException e) {
            LOG.error("{} failed with {}", path, e.getClass().getName());
            return Answer.text(500, "a defect of the service; its log names " + path);
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
