package dev.temper.app.moderation.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Asks other instances. Thread-safe. An answer that does not come in time, or cannot be read, is a value. */
final class Peers {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** What came back. */
    sealed interface Heard {
        record Answer(ObjectNode json) implements Heard {}

        /** It is there, and has nothing of the kind. */
        record Nothing() implements Heard {}

        /**
         * No answer.
         *
         * @param problem what and why, without what was asked
         */
        record Silence(String problem) implements Heard {}
    }

    /** @param authorization what the one who asks brought; passed on */
    CompletableFuture<Heard> ask(Address peer, String path, Map<String, String> query, String authorization) {
        String parameters = query.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(peer.url() + path + "?" + parameters))
                .timeout(PATIENCE)
                .header("Accept", "application/json");
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return http.sendAsync(request.build(), BodyHandlers.ofByteArray())
                .handle((response, failure) ->
                        failure == null ? heard(response) : new Heard.Silence("does not answer; see its log"));
    }

    private static Heard heard(HttpResponse<byte[]> response) {
        return switch (response.statusCode()) {
            case 200 -> parsed(response.body());
            case 404 -> new Heard.Nothing();
            case 401, 403 ->
                new Heard.Silence("refuses to answer; give all instances the same token, and let them listen where the"
                        + " others reach them");
            case 503 -> new Heard.Silence("cannot answer yet; ask again in some seconds");
            default -> new Heard.Silence("answered " + response.statusCode() + "; see its log");
        };
    }

    private static Heard parsed(byte[] body) {
        try {
            return new Heard.Answer(Answers.parse(body));
        } catch (IllegalArgumentException e) {
            return new Heard.Silence("answered with something else; do all instances run the same version?");
        }
    }
}
