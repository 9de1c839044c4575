package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.Operations;
import dev.temper.app.Sidecar;
import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.PromptEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A running sidecar with its admin server and a token, which answers, flags, tries again and rejects. */
public final class ObservedSidecar implements AutoCloseable {
    public static final String TOKEN = "a-token-of-many-characters";
    /** Part of every prompt, key and unknown tenant. */
    static final String SECRET = "xylophone";

    static final int PROMPTS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Backbone backbone;
    private final MeasuredEngine engine;
    private final SidecarConfig config;
    private final Operations operations;
    private @Nullable Sidecar sidecar;
    private int rounds;

    public ObservedSidecar(BrokerKind kind, Path folder) throws Exception {
        backbone = Backbone.steady(kind, folder).withTopics();
        engine = new MeasuredEngine(new PacedEngine(8, 2));
        config = backbone.config("""
                limits: {retry_backoff_ms: 20}
                admin: {port: 0, token_env: TOKEN, check_interval_ms: 100}
                """);
        operations = Operations.open(config, Map.of("TOKEN", TOKEN)::get);
        operations.modelIsWarm(engine);
    }

    public void start() {
        sidecar = Sidecar.start(config, engine, operations);
        operations.openModerationPage(config);
    }

    /** Sends forty prompts, of which some are flagged, and a record that is none, and waits for all outcomes. */
    public void answerPrompts() throws Exception {
        var serializer = backbone.serde(PromptEvent.class).serializer();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < PROMPTS; i++) {
                PromptEvent prompt = PromptEvent.newBuilder()
                        .setPrompt(SECRET + i)
                        .setTenant(i % 2 == 0 ? "default" : SECRET)
                        .build();
                producer.send(new ProducerRecord<>(
                        Topics.PROMPTS, (SECRET + i).getBytes(UTF_8), serializer.serialize(Topics.PROMPTS, prompt)));
            }
            producer.send(new ProducerRecord<>(Topics.PROMPTS, null, SECRET.getBytes(UTF_8)))
                    .get();
        }
        rounds++;
        await().atMost(PATIENCE)
                .until(() -> backbone.count(Topics.RESULTS) == (long) rounds * PROMPTS
                        && backbone.count(Topics.REJECTS) == rounds);
    }

    Backbone backbone() {
        return backbone;
    }

    /** The admin server's, without a slash at its end. */
    public String url() {
        return operations.url().orElseThrow();
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** What the page's API says. */
    JsonNode api(String path) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(get(path, "Authorization", "Bearer " + TOKEN).body());
    }

    /** Publishes a verdict on a flagged answer. */
    HttpResponse<String> judge(String item) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + item + "/verdict"))
                .headers(
                        "Authorization", "Bearer " + TOKEN, "Content-Type", "application/json", "X-Temper-Request", "1")
                .POST(HttpRequest.BodyPublishers.ofString("{\"verdict\": \"toxic\"}"))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    public HttpResponse<String> scrape(String accept) throws IOException, InterruptedException {
        return get("/metrics", "Authorization", "Bearer " + TOKEN, "Accept", accept);
    }

    @Override
    public void close() {
        if (sidecar != null) {
            sidecar.close();
        }
        operations.close();
        engine.close();
        backbone.close();
    }
}
