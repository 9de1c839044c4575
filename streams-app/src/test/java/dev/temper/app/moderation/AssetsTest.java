package dev.temper.app.moderation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.admin.AdminServer;
import dev.temper.app.config.AdminConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final AdminServer server = AdminServer.start(
            new AdminConfig(true, "127.0.0.1", 0, "TOKEN", 1_000), Map.of("TOKEN", "a-token-of-many-characters")::get);

    AssetsTest() {
        ModerationPage.serveFiles(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    @Test
    void shouldGiveThePageToEveryoneSoThatItCanRunNothingButItsOwn() throws Exception {
        // When
        HttpResponse<String> page = get("/moderation/served.html");

        // Then
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).startsWith("<!doctype html>");
        assertThat(page.headers().map())
                .containsEntry("content-type", List.of("text/html; charset=utf-8"))
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("referrer-policy", List.of("no-referrer"))
                .containsEntry("cross-origin-opener-policy", List.of("same-origin"));
        assertThat(page.headers().firstValue("Content-Security-Policy")).hasValueSatisfying(policy -> assertThat(policy)
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe"));
    }

    @Test
    void shouldSendAFileOnlyToWhoeverHasAnotherOne() throws Exception {
        // Given
        HttpResponse<String> first = get("/moderation/served.html");
        String tag = first.headers().firstValue("ETag").orElseThrow();

        // When
        HttpResponse<String> again = get("/moderation/served.html", "If-None-Match", tag);

        // Then
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("Cache-Control")).hasValue("no-cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/moderation"})
    void shouldLeadToThePage(String path) throws Exception {
        // When
        HttpResponse<String> answer = get(path);

        // Then
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).hasValue("/moderation/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Assets.class",
                "ModerationPage.class",
                "../admin/AdminServer.class",
                "..%2f..%2f..%2f..%2ftemper-example.yaml",
                "%2e%2e/moderation/served.html",
                "/served.html",
                "served.html/",
                "nothing.js",
                "./served.html"
            })
    void shouldServeNothingElseThatLiesOnTheClassPath(String name) throws Exception {
        // When
        HttpResponse<String> answer = get("/moderation/" + name);

        // Then
        assertThat(answer.statusCode()).isEqualTo(404);
    }
}
