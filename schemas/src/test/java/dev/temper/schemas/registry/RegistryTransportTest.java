package dev.temper.schemas.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.schemas.testing.StubRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries, failover, credentials. */
class RegistryTransportTest {

    private static final Schema SCHEMA =
            SchemaBuilder.record("test.Fruit").fields().requiredString("name").endRecord();

    private final StubRegistry registry = new StubRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    private SchemaRegistryClient client(String... keysAndValues) {
        return clientOf(registry.url(), keysAndValues);
    }

    private SchemaRegistryClient clientOf(String url, String... keysAndValues) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "schema.registry.url", url, "max.retries", "2", "retries.wait.ms", "1", "retries.max.wait.ms", "2"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new SchemaRegistryClient(new RegistryConfig(settings));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503})
    void shouldTryAgainWhenTheRegistryFails(int status) {
        // Given
        int id = registry.add("fruit-value", SCHEMA.toString(), null);
        registry.answerNext(status, "");
        registry.answerNext(status, "{\"error_code\":50001,\"message\":\"backend\"}");

        // When
        Schema schema = client().schemaById(id);

        // Then
        assertThat(schema).isEqualTo(SCHEMA);
        assertThat(registry.requests()).hasSize(3);
    }

    @Test
    void shouldGiveUpAfterItsRetriesAndSayWhatToDo() {
        // Given
        registry.answerAlways(503, "");

        // When, Then
        assertThatThrownBy(() -> client().register("fruit-value", SCHEMA))
                .isInstanceOf(RegistryUnavailableException.class)
                .isInstanceOf(RetriableException.class)
                .hasMessageContaining("in 3 tries")
                .hasMessageContaining("HTTP 503")
                .hasMessageContaining("Check schema.registry.url");
        assertThat(registry.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 409, 422})
    void shouldNotTryAgainWhenTheRegistrySaysNo(int status) {
        // Given
        registry.answerAlways(status, "{\"error_code\":" + status + "01,\"message\":\"no,\\n never\"}");

        // When, Then
        assertThatThrownBy(() -> client().register("fruit-value", SCHEMA))
                .isInstanceOf(RegistryRefusedException.class)
                .isInstanceOf(KafkaException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessageContaining("HTTP " + status + ": no, never");
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void shouldNotCountAConnectionThatTheRegistryClosedMeanwhileAsATry() throws Exception {
        // Given
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                answerOnceAndCloseAtTheNextRequest(server);
                answerOnceAndCloseAtTheNextRequest(server);
            });
            SchemaRegistryClient client = clientOf("http://127.0.0.1:" + server.getLocalPort(), "max.retries", "0");

            // When
            int first = client.register("a", SCHEMA);
            int second = client.register("b", SCHEMA);

            // Then
            assertThat(first).isEqualTo(7);
            assertThat(second).isEqualTo(7);
            assertThat(served).isNotDone(); // the second connection stays open
        }
    }

    private static void answerOnceAndCloseAtTheNextRequest(ServerSocket server) {
        try (Socket connection = server.accept()) {
            InputStream in = connection.getInputStream();
            readRequest(in);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"id\":7}".getBytes(UTF_8));
            readRequest(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                return;
            }
            head.append((char) read);
        }
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    @Test
    void shouldFailOverAndStayWithTheAddressThatAnswers() {
        // Given
        StubRegistry down = new StubRegistry();
        down.close();
        SchemaRegistryClient client = clientOf(down.url() + ", " + registry.url());

        // When
        client.register("a", SCHEMA);
        client.register("b", SCHEMA);

        // Then
        assertThat(registry.requests()).hasSize(2);
    }

    @Test
    void shouldFailOverFromARegistryThatAnswersWithErrors() {
        // Given
        try (StubRegistry broken = new StubRegistry()) {
            broken.answerAlways(500, "");

            // When
            clientOf(broken.url() + "," + registry.url()).register("a", SCHEMA);

            // Then
            assertThat(broken.requests()).hasSize(1);
            assertThat(registry.requests()).hasSize(1);
        }
    }

    @Test
    void shouldReportAnUnreachableRegistryAsRetriable() {
        // Given
        SchemaRegistryClient client = client();
        registry.close();

        // When, Then
        assertThatThrownBy(() -> client.schemaById(1))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("ConnectException");
    }

    @Test
    void shouldStopWhenInterrupted() {
        // Given
        SchemaRegistryClient client = client();
        Thread.currentThread().interrupt();

        // When, Then
        assertThatThrownBy(() -> client.schemaById(1)).isInstanceOf(InterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldRefuseAnAnswerThatIsNotARegistrys() {
        // Given
        registry.answerNext(200, "<html>please log in</html>");
        registry.answerNext(200, "{}");

        // When, Then
        assertThatThrownBy(() -> client().register("a", SCHEMA)).hasMessageContaining("the answer is not JSON");
        assertThatThrownBy(() -> client().register("a", SCHEMA)).hasMessageContaining("has no number 'id'");
    }

    @Test
    void shouldSendCredentialsAndHeaders() {
        // When
        client(
                        "basic.auth.credentials.source",
                        "USER_INFO",
                        "basic.auth.user.info",
                        "ada:s3cret",
                        "request.header.X-Team",
                        "garden")
                .subjects();

        // Then
        var headers = registry.requests().get(0).headers();
        assertThat(headers.get("Authorization")).containsExactly("Basic YWRhOnMzY3JldA==");
        assertThat(headers.get("X-team")).containsExactly("garden");
    }

    @Test
    void shouldTakeCredentialsFromTheAddressAndNotShowThem() {
        // Given
        registry.answerNext(200, "[]");
        registry.answerNext(401, "{\"error_code\":40101,\"message\":\"Unauthorized\"}");
        SchemaRegistryClient client = clientOf(registry.url().replace("//", "//ada:s3cret@"));

        // When
        client.subjects();

        // Then
        assertThat(registry.requests().get(0).headers().get("Authorization")).containsExactly("Basic YWRhOnMzY3JldA==");
        assertThatThrownBy(client::subjects)
                .hasMessageContaining("basic.auth.user.info")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldSendABearerToken() {
        // When
        client("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", "t0ken")
                .subjects();

        // Then
        assertThat(registry.requests().get(0).headers().get("Authorization")).containsExactly("Bearer t0ken");
    }
}
