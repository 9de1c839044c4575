package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.app.Operations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** What the moderation page's script does: asks any instance's API, reads its stream, and posts verdicts. */
final class PageClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 7;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String token;

    /** @param token that guards the API; empty = a stranger, who has none */
    PageClient(String token) {
        this.token = token;
    }

    record Answer(int status, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    /** One event of a stream. */
    record Sent(String id, String name, JsonNode data) {}

    private HttpRequest.Builder request(Operations instance, String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(instance.url().orElseThrow() + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpRequest.Builder api(Operations instance, String path) {
        return request(instance, "/api/v1/" + path);
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
        return new Answer(answer.statusCode(), answer.body());
    }

    /** Asks for any path of the server. */
    Answer open(Operations instance, String path) throws IOException, InterruptedException {
        return answer(request(instance, path).build());
    }

    Answer get(Operations instance, String path) throws IOException, InterruptedException {
        return answer(api(instance, path).build());
    }

    Answer judge(Operations instance, String id, String body) throws IOException, InterruptedException {
        return answer(api(instance, "flagged/" + id + "/verdict")
                .header("Content-Type", "application/json")
                .header("X-Temper-Request", "1")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /** All items of the queue, page by page. */
    List<JsonNode> pages(Operations instance, String query) throws IOException, InterruptedException {
        List<JsonNode> items = new ArrayList<>();
        String before = "";
        do {
            Answer answer = get(instance, "flagged?" + query + "&limit=" + PAGE + "&before=" + before);
            assertThat(answer.status()).isEqualTo(200);
            JsonNode page = answer.json();
            assertThat(page.path("items").size()).isLessThanOrEqualTo(PAGE);
            page.path("items").forEach(items::add);
            before = page.path("next").asText("");
        } while (!before.isEmpty() && !before.equals("null"));
        return items;
    }

    static List<String> ids(List<JsonNode> items) {
        return items.stream().map(item -> item.path("id").asText()).toList();
    }

    /** @param lastId of the last event that was seen; empty = from now on */
    InputStream stream(Operations instance, String lastId) throws IOException, InterruptedException {
        HttpRequest.Builder request = api(instance, "events");
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream; charset=utf-8");
        return answer.body();
    }

    /** The next event of this name; others are passed over. */
    static Sent next(BufferedReader lines, String name) throws IOException {
        String id = "";
        String event = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ") && event.equals(name)) {
                return new Sent(id, event, JSON.readTree(line.substring(6)));
            }
        }
        throw new IOException("the stream ended without " + name);
    }
}
