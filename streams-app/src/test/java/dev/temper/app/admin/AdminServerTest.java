package dev.temper.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.config.AdminConfig;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {
    private static final String TOKEN = "a-token-of-many-characters";

    private AdminServer server = start(config(0, "TOKEN"));

    private static AdminConfig config(int port, String tokenEnv) {
        return new AdminConfig(true, "127.0.0.1", port, tokenEnv, 1_000);
    }

    private static AdminServer start(AdminConfig config) {
        AdminServer started = AdminServer.start(config, Map.of("TOKEN", TOKEN + "\n", "SHORT", "123456")::get);
        started.serveOpenly("/livez", accept -> Answer.text(200, "alive"));
        started.serve("/metrics", accept -> Answer.text(200, "metrics as " + accept));
        started.serve("/broken", accept -> {
            throw new IllegalStateException("a secret");
        });
        return started;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** As it goes over the wire: an HTTP client would not send every host. */
    private String ask(String method, String path, String... headers) throws IOException {
        URI at = URI.create(server.url());
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            OutputStream out = socket.getOutputStream();
            String head = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nConnection: close\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            GET  | /livez   | none                                            | 200
            HEAD | /livez   | none                                            | 200
            POST | /livez   | none                                            | 405
            GET  | /metrics | none                                            | 401
            GET  | /metrics | Authorization: Bearer a-token                   | 401
            GET  | /metrics | Authorization: Basic a-token-of-many-characters | 401
            GET  | /metrics | Authorization: Bearer a-token-of-many-characters| 200
            GET  | /metrics | authorization: bearer a-token-of-many-characters| 200
            GET  | /nowhere | none                                            | 401
            GET  | /nowhere | Authorization: Bearer a-token-of-many-characters| 404
            GET  | /livez/  | none                                            | 401
            """)
    void shouldAskForTheTokenWhereverThereIsNoProbe(String method, String path, String header, int status)
            throws IOException {
        // When
        String answer = ask(method, path, "Host: temper.example:8686", header == null ? "X-None: 1" : header);

        // Then
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer).contains("Cache-control: no-store", "X-content-type-options: nosniff");
        assertThat(answer.contains("Www-authenticate: Bearer")).isEqualTo(status == 401);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8686, 200",
        "LOCALHOST, 200",
        "127.0.0.1:8686, 200",
        "127.8.9.1, 200",
        "[::1]:8686, 200",
        "temper.example:8686, 403",
        "localhost.example, 403",
        "127.0.0.1.example, 403",
        "10.0.0.1:8686, 403",
        "[2001:db8::1], 403",
        "'', 403"
    })
    void shouldAnswerOnlyToThisMachinesNamesWhereNoTokenIsAskedFor(String host, int status) throws IOException {
        // Given
        server.close();
        server = start(config(0, ""));

        // When
        String answer = ask("GET", "/metrics", "Host: " + host, "Accept: text/plain");

        // Then
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer.contains("metrics as text/plain")).isEqualTo(status == 200);
    }

    @Test
    void shouldSayNothingOfWhatAnEndpointThrew() throws IOException {
        // When
        String answer = ask("GET", "/broken", "Host: x", "Authorization: Bearer " + TOKEN);

        // Then
        assertThat(answer).startsWith("HTTP/1.1 500").doesNotContain("secret");
        assertThat(ask("GET", "/livez", "Host: x")).contains("alive");
    }

    @ParameterizedTest
    @CsvSource({
        "NOWHERE, admin.token_env names NOWHERE, which is not set",
        "SHORT, admin.token_env names SHORT, which is too short"
    })
    void shouldRefuseToStartWithoutTheTokenThatItShallAskFor(String variable, String said) {
        assertThatThrownBy(() -> start(config(0, variable)))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(said)
                .hasMessageNotContaining("123456");
    }

    @Test
    void shouldSayWhoseThePortIs() throws IOException {
        // Given
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {

            // When, Then
            assertThatThrownBy(() -> start(config(taken.getLocalPort(), "")))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("admin: cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }
}
