package dev.temper.tests.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.sandbox.Loopback;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real one, in a process of its own on loopback, and its tool. */
final class Prometheus implements AutoCloseable {
    private static final Path UNPACKED =
            Path.of("monitoring/prometheus/usr/bin").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String url;

    private Prometheus(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Why it cannot run here; empty if it can. */
    static Optional<String> missing() {
        return program("prometheus").isPresent() && program("promtool").isPresent()
                ? Optional.empty()
                : Optional.of("there is no Prometheus; run tests/monitoring/prepare");
    }

    private static Optional<Path> program(String name) {
        Stream<Path> onThePath =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of);
        return Stream.concat(Stream.of(UNPACKED), onThePath)
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What promtool says, once it has ended well. */
    static String promtool(Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(program("promtool").orElseThrow().toString()));
        command.addAll(List.of(arguments));
        Process tool = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(tool.getInputStream().readAllBytes(), UTF_8);
        if (tool.waitFor() != 0) {
            throw new IllegalStateException("promtool " + String.join(" ", arguments) + ":\n" + said);
        }
        return said;
    }

    /** @param folder for its data and its log */
    static Prometheus start(Path config, Path folder) throws IOException {
        int port = Loopback.freePorts(1).get(0);
        Path log = folder.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        program("prometheus").orElseThrow().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("series"),
                        "--web.listen-address=" + Loopback.HOST + ":" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, "http://" + Loopback.HOST + ":" + port);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Prometheus ended:\n" + Files.readString(log));
            }
            return prometheus.isReady();
        });
        return prometheus;
    }

    private boolean isReady() throws IOException, InterruptedException {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    }

    /** The API's answer, an error included. */
    private JsonNode ask(String path, String parameter, String value) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(get("/api/v1/" + path + "?" + parameter + "=" + URLEncoder.encode(value, UTF_8))
                        .body());
    }

    /** {@code status}, and {@code data.result} or {@code error}. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        return ask("query", "query", expression);
    }

    /** The labels of each series that a selector finds; none where the server finds the selector wrong. */
    List<JsonNode> series(String selector) throws IOException, InterruptedException {
        List<JsonNode> series = new ArrayList<>();
        ask("series", "match[]", selector).path("data").forEach(series::add);
        return series;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
