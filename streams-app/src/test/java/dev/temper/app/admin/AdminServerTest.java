package dev.temper.app.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.config.AdminConfig;
import dev.temper.runtime.TemperException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminServerTest {
    private static final String TOKEN = "a-token-of-many-characters";

    private static final String HOSTILE = "</script><script>alert(1)</script>&lt;\u2028\u2029'\"";

    private final CountDownLatch ended = new CountDownLatch(1);
    private AdminServer server = start(config(0, "TOKEN"));

    private static AdminConfig config(int port, String tokenEnv) {
        return new AdminConfig(true, "127.0.0.1", port, tokenEnv, 1_000);
    }

    private AdminServer start(AdminConfig config) {
        AdminServer started = AdminServer.start(config, Map.of("TOKEN", TOKEN + "\n", "SHORT", "123456")::get);
        started.serve(Route.get("/livez", request -> Answer.text(200, "alive")).forEveryone());
        started.serve(Route.get("/metrics", request -> Answer.text(200, "metrics as " + request.header("Accept"))));
        started.serve(
                Route.get("/api/v1", request -> Answer.text(200, "shorter")).andBelow());
        started.serve(Route.get("/api/v1/echo", request -> Answer.text(200, String.valueOf(request.query())))
                .unhurried());
        started.serve(Route.post(
                        "/api/v1/echo",
                        request -> Answer.text(200, "took " + new String(request.body(), StandardCharsets.UTF_8)))
                .unhurried());
        started.serve(Route.get("/api/v1/hostile", request -> Answer.error(200, HOSTILE)));
        started.serve(Route.get(
                "/api/v1/events",
                request -> new Reply.EventStream(sink -> {
                    sink.event("first", "1", Map.of("a", 1));
                    ended.await();
                })));
        started.serve(Route.get("/broken", request -> {
            throw new IllegalStateException("a secret");
        }));
        return started;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldNameAnAddressThatCanBeOpenedWhereItListensOnAll() throws Exception {
        // Given
        AdminConfig exposed = new AdminConfig(true, "0.0.0.0", 0, "TOKEN", 1_000);

        // When
        try (AdminServer everywhere = start(exposed)) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(everywhere.urlHere() + "/livez"))
                                    .build(),
                            BodyHandlers.ofString());

            // Then
            assertThat(everywhere.urlHere()).startsWith("http://localhost:");
            assertThat(answer.body()).isEqualTo("alive\n");
            assertThat(exposed.onAllAddresses()).isTrue();
        }
        assertThat(server.urlHere()).isEqualTo(server.url()).startsWith("http://127.0.0.1:");
        assertThat(config(0, "TOKEN").onAllAddresses()).isFalse();
    }

    /** As it goes over the wire: an HTTP client would not send every host. */
    private String ask(String method, String path, String... headers) throws IOException {
        return ask(method, path, "", headers);
    }

    private String ask(String method, String path, String body, String[] headers) throws IOException {
        URI at = URI.create(server.url());
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            OutputStream out = socket.getOutputStream();
            String head = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nConnection: close\r\n\r\n"
                    + body;
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

    private String post(String body, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Length: " + body.length() + "\r\nAuthorization: Bearer " + TOKEN;
        return ask("POST", "/api/v1/echo", body, all);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            application/json                | X-Temper-Request: 1 | X-None: 1                                             | 200
            application/json; charset=utf-8 | x-temper-request: 1 | Origin: http://temper.example:8686                    | 200
            application/json                | X-Temper-Request: 1 | Sec-Fetch-Site: same-origin                           | 200
            application/json                | X-Temper-Request: 1 | Origin: https://evil.example                          | 403
            application/json                | X-Temper-Request: 1 | Origin: null                                          | 403
            application/json                | X-Temper-Request: 1 | Origin: http://temper.example:8686.evil.example       | 403
            application/json                | X-Temper-Request: 1 | Origin: http://temper.example:8686@evil.example       | 403
            application/json                | X-Temper-Request: 1 | Sec-Fetch-Site: cross-site                            | 403
            application/json                | X-Temper-Request: 1 | Sec-Fetch-Site: same-site                             | 403
            application/json                | X-None: 1           | X-None: 1                                             | 403
            text/plain                      | X-Temper-Request: 1 | X-None: 1                                             | 415
            application/x-www-form-urlencoded | X-Temper-Request: 1 | X-None: 1                                           | 415
            """)
    void shouldTakeAPostOnlyFromItsOwnPages(String type, String own, String of, int status) throws IOException {
        // When
        String answer = post("{}", "Host: temper.example:8686", "Content-Type: " + type, own, of);

        // Then
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer.contains("took {}")).isEqualTo(status == 200);
        assertThat(answer.contains("{\"error\":")).isEqualTo(status != 200);
    }

    @Test
    void shouldTakeNoLongBody() throws IOException {
        // Given
        String[] headers = {"Host: x", "Content-Type: application/json", "X-Temper-Request: 1"};

        // When
        String longest = post("x".repeat(AdminServer.MOST_BODY_BYTES), headers);
        String tooLong = post("x".repeat(AdminServer.MOST_BODY_BYTES + 1), headers);

        // Then
        assertThat(longest).startsWith("HTTP/1.1 200");
        assertThat(tooLong).startsWith("HTTP/1.1 413");
    }

    @Test
    void shouldSayWhichMethodsAPathHas() throws IOException {
        // When
        String answer = ask("PUT", "/api/v1/echo", "Host: x", "Authorization: Bearer " + TOKEN);

        // Then
        assertThat(answer).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD, POST");
    }

    @Test
    void shouldGiveTheLongestPathThatFitsAndDecodeParameters() throws IOException {
        // When
        String answer =
                ask("GET", "/api/v1/echo?q=a%20b%26c&q2&q=last+one", "Host: x", "Authorization: Bearer " + TOKEN);

        // Then
        assertThat(answer).contains("{q=last one, q2=}");
    }

    @Test
    void shouldWriteJsonThatIsInertWhereverItIsPasted() throws IOException {
        // When
        String answer = ask("GET", "/api/v1/hostile", "Host: x", "Authorization: Bearer " + TOKEN);

        // Then
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(body).doesNotContain("<", ">", "&", "\u2028", "\u2029");
        assertThat(new ObjectMapper().readTree(body).get("error").asText()).isEqualTo(HOSTILE);
    }

    @Test
    void shouldStreamToSoManyReadersAndStillAnswerProbes() throws Exception {
        // Given
        List<Socket> readers = new ArrayList<>();
        for (int i = 0; i < AdminServer.MOST_STREAMS; i++) {
            Socket reader = new Socket(
                    URI.create(server.url()).getHost(), URI.create(server.url()).getPort());
            reader.getOutputStream()
                    .write(("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            readers.add(reader);
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(reader.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).contains("200");
            while (!lines.readLine().equals("data: {\"a\":1}")) {}
        }
        assertThat(server.openStreams()).isEqualTo(AdminServer.MOST_STREAMS);

        // When
        String oneMore = ask("GET", "/api/v1/events", "Host: x", "Authorization: Bearer " + TOKEN);
        String probe = ask("GET", "/livez", "Host: x");

        // Then
        assertThat(oneMore).startsWith("HTTP/1.1 503");
        assertThat(probe).contains("alive");
        for (Socket reader : readers) {
            reader.close();
        }
        ended.countDown();
        await().until(() -> server.openStreams() == 0);
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
