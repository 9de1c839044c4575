package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.temper.app.Sidecar;
import dev.temper.app.TopicAdmin;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.sandbox.broker.EmbeddedBroker;
import dev.temper.sandbox.registry.EmbeddedRegistry;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.serde.AvroSerdes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that takes TLS with a password only, and a registry behind TLS and basic authentication: every client that the
 * sidecar has (streams' consumers, producer and admin, our own admin, the registry's) must have been told. Not on a container:
 * the listeners are the embedded broker's own settings, and how others are secured is theirs.
 */
class SecureClusterTest {
    private static final String STORE_PASSWORD = "changeit";
    private static final String PASSWORD = "correct-horse";
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString(("temper:" + PASSWORD).getBytes(UTF_8));

    private static Path certificate(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "all",
                        "-keyalg",
                        "EC",
                        "-validity",
                        "2",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        STORE_PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        return store;
    }

    private static EmbeddedBroker broker(Path folder, Path store) {
        String users =
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"temper\" password=\""
                        + PASSWORD + "\" user_temper=\"" + PASSWORD + "\";";
        return EmbeddedBroker.builder(folder.resolve("broker"))
                .setting("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT")
                .setting("inter.broker.listener.name", "PLAINTEXT") // the listener's name, not its protocol
                .setting("sasl.enabled.mechanisms", "PLAIN")
                .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .setting("listener.name.plaintext.plain.sasl.jaas.config", users)
                .setting("ssl.keystore.location", store.toString())
                .setting("ssl.keystore.password", STORE_PASSWORD)
                .setting("ssl.keystore.type", "PKCS12")
                .setting("ssl.truststore.location", store.toString())
                .setting("ssl.truststore.password", STORE_PASSWORD)
                .setting("ssl.truststore.type", "PKCS12")
                .start();
    }

    /** Passes on to a registry what comes with the right password. */
    private static HttpsServer gate(String registry, Path store, AtomicLong passed) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, STORE_PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        HttpClient inside = HttpClient.newHttpClient();
        server.createContext("/", exchange -> {
            try (exchange) {
                if (!BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                    exchange.sendResponseHeaders(401, -1);
                    return;
                }
                passed.incrementAndGet();
                passOn(inside, registry, exchange);
            }
        });
        server.start();
        return server;
    }

    private static void passOn(HttpClient inside, String registry, HttpExchange exchange) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry + exchange.getRequestURI()))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()))
                .build();
        try {
            HttpResponse<byte[]> answer = inside.send(request, HttpResponse.BodyHandlers.ofByteArray());
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static SidecarConfig config(Path folder, String servers, int registryPort, Path store, String password) {
        return ConfigLoader.parse(
                "test",
                """
                kafka:
                  bootstrap.servers: %s
                  security.protocol: SASL_SSL
                  sasl.mechanism: PLAIN
                  sasl.jaas.config: org.apache.kafka.common.security.plain.PlainLoginModule required username="temper" password="%s";
                  ssl.truststore.location: %s
                  ssl.truststore.password: %s
                  ssl.truststore.type: PKCS12
                schema_registry:
                  schema.registry.url: https://127.0.0.1:%d
                  basic.auth.credentials.source: USER_INFO
                  basic.auth.user.info: temper:%s
                  schema.registry.ssl.truststore.location: %s
                  schema.registry.ssl.truststore.password: %s
                  schema.registry.ssl.truststore.type: PKCS12
                """.formatted(servers, password, store, STORE_PASSWORD, registryPort, password, store, STORE_PASSWORD),
                folder);
    }

    private static void sendAPrompt(SidecarConfig config) throws Exception {
        Serde<PromptEvent> serde =
                AvroSerdes.values(AvroSerdes.DEFAULT_SERDE, PromptEvent.class, new HashMap<>(config.schemaRegistry()));
        PromptEvent prompt = PromptEvent.newBuilder()
                .setMessages(List.of(new Message(Role.USER, "hello")))
                .build();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config.adminProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            byte[] value = serde.serializer().serialize(Topics.PROMPTS, prompt);
            producer.send(new ProducerRecord<>(Topics.PROMPTS, "c1".getBytes(UTF_8), value))
                    .get();
        }
    }

    private static int results(SidecarConfig config) {
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.put("group.id", "results-" + System.nanoTime());
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.RESULTS));
            return consumer.poll(Duration.ofSeconds(5)).count();
        }
    }

    @Test
    void shouldAnswerThroughTlsAndPasswordsAndRefuseToStartWithAWrongOne(@TempDir Path folder) throws Exception {
        // Given
        Path store = certificate(folder);
        AtomicLong passed = new AtomicLong();
        try (EmbeddedBroker broker = broker(folder, store);
                EmbeddedRegistry registry = EmbeddedRegistry.start(folder.resolve("registry"), 0);
                PacedEngine engine = new PacedEngine(2)) {
            HttpsServer gate = gate(registry.url(), store, passed);
            try {
                int port = gate.getAddress().getPort();
                SidecarConfig right = config(folder, broker.bootstrapServers(), port, store, PASSWORD);
                SidecarConfig wrong = config(folder, broker.bootstrapServers(), port, store, "battery-staple");

                // When
                TopicAdmin.create(right, false, line -> {});
                sendAPrompt(right);
                try (Sidecar sidecar = Sidecar.start(right, engine)) {
                    await().atMost(Duration.ofMinutes(1)).until(() -> results(right) == 1);
                }

                // Then
                assertThat(passed).hasPositiveValue();
                assertThatThrownBy(() -> Sidecar.start(wrong, engine))
                        .isInstanceOf(TemperException.class)
                        .hasMessageContaining("Authentication failed")
                        .hasMessageNotContaining("battery-staple");
            } finally {
                gate.stop(0);
            }
        }
    }
}
