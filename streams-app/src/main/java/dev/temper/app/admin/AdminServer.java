package dev.temper.app.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.temper.app.config.AdminConfig;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers operators' tools and browsers. Thread-safe. Nothing that happens to a request reaches the rest of the process:
 * its threads are its own, and what an endpoint throws becomes a 500. Probes have threads to themselves; what takes its
 * time, and streams of events, have others, and are told 503 when there is none left.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int QUICK_THREADS = 4;
    private static final int SLOW_THREADS = 4;
    /** Requests that wait for a slow thread. */
    private static final int MOST_WAITING = 32;

    /** Streams of events at once; each holds a thread. */
    public static final int MOST_STREAMS = 8;

    /** No stream lasts longer: beyond {@code maxRspTime} the JDK's server cuts it off. */
    public static final Duration LONGEST_STREAM = Duration.ofSeconds(240);

    static final int MOST_BODY_BYTES = 16_384;

    static {
        // Head and body are written apart; with Nagle's algorithm each answer would wait 40 ms.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        // Seconds: a client that is slow on purpose must not keep a thread for ever.
        setUnlessSet("sun.net.httpserver.maxReqTime", "10");
        setUnlessSet("sun.net.httpserver.maxRspTime", Long.toString(LONGEST_STREAM.toSeconds() + 60));
        setUnlessSet("jdk.httpserver.maxConnections", "64");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor quick = threads("temper-admin", QUICK_THREADS, new LinkedBlockingQueue<>());
    private final ThreadPoolExecutor slow =
            threads("temper-page", SLOW_THREADS, new LinkedBlockingQueue<>(MOST_WAITING));
    private final ThreadPoolExecutor streaming = threads("temper-events", MOST_STREAMS, new SynchronousQueue<>());
    private final Guard guard;
    private final List<Route> routes = new CopyOnWriteArrayList<>();

    private AdminServer(HttpServer server, Guard guard) {
        this.server = server;
        this.guard = guard;
        server.setExecutor(quick);
        server.createContext("/", this::handle);
    }

    /** At most so many threads, which end when they have nothing to do. */
    private static ThreadPoolExecutor threads(String name, int most, BlockingQueue<Runnable> waiting) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, waiting, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        return threads;
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
            LOG.info("probes and metrics are at {}", admin.urlHere());
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

    /** Puts an endpoint behind a path. */
    public void serve(Route route) {
        routes.add(route);
    }

    /** Where it listens: {@code http://address:port}. */
    public String url() {
        String host = server.getAddress().getAddress().getHostAddress();
        return url(host.contains(":") ? "[" + host + "]" : host);
    }

    /** Where a person on this machine finds it: nobody can open 0.0.0.0. */
    public String urlHere() {
        return server.getAddress().getAddress().isAnyLocalAddress() ? url("localhost") : url();
    }

    private String url(String host) {
        return "http://" + host + ":" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) {
        Request request = Request.of(exchange);
        Optional<Route> route = routes.stream()
                .filter(one -> one.method().equals(request.method()) && one.leadsTo(request.path()))
                // The longest path means this request most.
                .max(Comparator.comparingInt(one -> one.path().length()));
        Optional<Answer> refusal = refusal(request, route);
        if (refusal.isPresent()) {
            Replies.send(exchange, refusal.get());
        } else if (route.orElseThrow().slow()) {
            onThreadOf(slow, exchange, request, () -> answer(exchange, request, route.orElseThrow()));
        } else {
            answer(exchange, request, route.orElseThrow());
        }
    }

    private static void onThreadOf(ExecutorService threads, HttpExchange exchange, Request request, Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            Refusal busy = new Refusal(503, "too many ask at once; ask again in a second");
            Replies.send(exchange, busy.toAnswer(request.path()));
        }
    }

    private Optional<Answer> refusal(Request request, Optional<Route> route) {
        Optional<Refusal> refusal = Optional.empty();
        if (routes.stream().noneMatch(one -> one.open() && one.leadsTo(request.path()))) {
            refusal = guard.refusal(request.header("Host"), request.header("Authorization"));
        }
        if (refusal.isEmpty() && route.isEmpty()) {
            return Optional.of(nothingHere(request.path()));
        }
        if (refusal.isEmpty() && request.method().equals("POST")) {
            refusal = CrossSite.refusal(request);
        }
        return refusal.map(why -> why.toAnswer(request.path()));
    }

    private Answer nothingHere(String path) {
        String methods = routes.stream()
                .filter(route -> route.leadsTo(path))
                .map(route -> route.method().equals("GET") ? "GET, HEAD" : route.method())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        if (methods.isEmpty()) {
            String paths = routes.stream().map(Route::path).distinct().sorted().collect(Collectors.joining(", "));
            return new Refusal(404, "there is " + paths).toAnswer(path);
        }
        return new Refusal(405, "only " + methods + " is answered here")
                .toAnswer(path)
                .with("Allow", methods);
    }

    private void answer(HttpExchange exchange, Request asked, Route route) {
        Reply reply;
        try {
            Request request = asked;
            if (asked.method().equals("POST")) {
                byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY_BYTES + 1);
                if (body.length > MOST_BODY_BYTES) {
                    Refusal large = new Refusal(413, "the body may have " + MOST_BODY_BYTES + " bytes; shorten it");
                    Replies.send(exchange, large.toAnswer(asked.path()));
                    return;
                }
                request = asked.withBody(body);
            }
            reply = route.endpoint().answer(request);
        } catch (IOException e) {
            LOG.debug("a client of the admin server went away", e);
            exchange.close();
            return;
        } catch (RuntimeException e) {
            LOG.error("{} failed with {}", route.path(), e.getClass().getName());
            reply = new Refusal(500, "a defect of the service; its log names " + route.path()).toAnswer(asked.path());
        }
        if (reply instanceof Reply.EventStream stream) {
            onThreadOf(
                    streaming, exchange, asked, () -> Replies.stream(exchange, stream, () -> !streaming.isShutdown()));
        } else if (reply instanceof Answer answer) {
            Replies.send(exchange, answer);
        }
    }

    /** Streams of events that have a reader. */
    public int openStreams() {
        return streaming.getActiveCount();
    }

    /** Stops: streams of events end first, for which it waits a little. */
    @Override
    public void close() {
        streaming.shutdown();
        try {
            if (!streaming.awaitTermination(2, TimeUnit.SECONDS)) {
                streaming.shutdownNow();
            }
        } catch (InterruptedException e) {
            streaming.shutdownNow();
            Thread.currentThread().interrupt();
        }
        server.stop(0);
        quick.shutdownNow();
        slow.shutdownNow();
    }
}
