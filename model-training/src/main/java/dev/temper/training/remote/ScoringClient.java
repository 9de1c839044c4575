package dev.temper.training.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One request after the other to a scoring service, tried again where failure may pass. Messages name address and status,
 * never a text, a token or what the service said. Thread-safe.
 *
 * <p>Redirects are not followed: a token and a text go where the setting says.
 */
final class ScoringClient {
    private static final int MAX_ANSWER_BYTES_A_TEXT = 1 << 20;
    private static final long FIRST_BACK_OFF_MS = 500;
    private static final int MOST_DOUBLINGS = 16;
    private static final int STATUS_OK = 200;
    private static final Set<Integer> MAY_PASS = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final Set<Integer> OF_THE_TOKEN = Set.of(401, 403);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RemoteScorerSettings settings;
    private final Optional<String> token;
    private final HttpClient client;
    private final RequestPace pace;

    ScoringClient(RemoteScorerSettings settings, Optional<String> token, HttpClient client) {
        this.settings = settings;
        this.token = token;
        this.client = client;
        this.pace = new RequestPace(settings.requestsPerSecond(), System::nanoTime);
    }

    /** What became of one request. */
    private sealed interface Outcome {}

    private record Scored(List<Map<String, Double>> scores) implements Outcome {}

    /** A failure that may pass: why, and how long the service asks to wait. */
    private record Transient(String why, Optional<Duration> pause) implements Outcome {}

    /**
     * Scores some texts in one request.
     *
     * @throws TemperException if the service refuses, or has failed as often as it may
     */
    List<Map<String, Double>> score(List<String> texts) throws InterruptedException {
        byte[] body = settings.protocol()
                .request(texts, settings.categories(), settings.language())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        String why = "";
        for (int attempt = 1; attempt <= settings.attempts(); attempt++) {
            pace.await();
            Outcome outcome = attempt(body, texts.size());
            if (outcome instanceof Scored scored) {
                return scored.scores();
            } else if (outcome instanceof Transient failure) {
                why = failure.why();
                if (attempt < settings.attempts()) {
                    backOff(attempt, failure);
                }
            }
        }
        throw new TemperException("the scorer at " + settings.address() + " failed " + settings.attempts()
                + " times in a row (last: " + why + "); check the service, or try again later");
    }

    private Outcome attempt(byte[] body, int texts) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request(body), info -> new LimitedBody(MAX_ANSWER_BYTES_A_TEXT * texts));
        try {
            return judge(sent.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS), texts);
        } catch (TimeoutException e) {
            sent.cancel(true);
            return silent();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpTimeoutException) { // while connecting
                return silent();
            } else if (e.getCause() instanceof IOException cause) {
                return new Transient(cause.getClass().getSimpleName(), Optional.empty());
            }
            String kind = e.getCause() == null
                    ? "unknown failure"
                    : e.getCause().getClass().getSimpleName();
            throw new TemperException("cannot ask the scorer at " + settings.address() + " (" + kind + ")");
        }
    }

    private Outcome silent() {
        return new Transient("no answer within " + settings.timeout().toMillis() + " ms", Optional.empty());
    }

    private Outcome judge(HttpResponse<byte[]> response, int texts) {
        int status = response.statusCode();
        if (MAY_PASS.contains(status)) {
            Optional<Duration> wait = response.headers()
                    .firstValue("Retry-After")
                    .flatMap(value -> RetryAfter.parse(value, Instant.now()));
            return new Transient("status " + status, wait);
        }
        if (status != STATUS_OK) {
            throw new TemperException("the scorer at " + settings.address() + " answered with status " + status + "; "
                    + (OF_THE_TOKEN.contains(status)
                            ? "check the token in "
                                    + settings.tokenVariable().orElse("the environment, which no setting names")
                            : "check its address and protocol"));
        }
        return parse(response.body())
                .flatMap(answer -> settings.protocol().scores(answer, texts, settings.categories()))
                .map(Scored::new)
                .orElseThrow(() -> new TemperException("the scorer at " + settings.address()
                        + " answered with status 200, but not with a score in [0, 1] for each of "
                        + settings.categories() + "; check protocol and categories"));
    }

    private static Optional<JsonNode> parse(byte[] body) {
        try {
            return Optional.ofNullable(JSON.readTree(body));
        } catch (JsonProcessingException e) {
            return Optional.empty(); // its message would quote the answer
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory does not fail", e);
        }
    }

    private HttpRequest request(byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target())
                .header("Content-Type", "application/json; charset=utf-8")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        if (settings.tokenIn() == RemoteScorerSettings.TokenIn.BEARER) {
            token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        }
        return request.build();
    }

    private URI target() {
        if (token.isEmpty() || settings.tokenIn() != RemoteScorerSettings.TokenIn.KEY_PARAMETER) {
            return settings.url();
        }
        String joint = settings.url().getRawQuery() == null ? "?" : "&";
        return URI.create(settings.url() + joint + "key=" + URLEncoder.encode(token.get(), StandardCharsets.UTF_8));
    }

    /** As long as the service asks; else doubled each time, less a random part, so that requests spread. */
    private void backOff(int attempt, Transient failure) {
        long millis;
        if (failure.pause().isPresent()) {
            millis = failure.pause().get().toMillis();
            if (millis > settings.maxWait().toMillis()) {
                throw new TemperException("the scorer at " + settings.address() + " (" + failure.why()
                        + ") asks to wait " + (millis / 1000) + " s, but the longest wait is "
                        + settings.maxWait().toSeconds() + " s; raise it, or try again later");
            }
        } else {
            long doubled = FIRST_BACK_OFF_MS << Math.min(attempt - 1, MOST_DOUBLINGS);
            long capped = Math.min(doubled, settings.maxWait().toMillis());
            millis = capped / 2 + ThreadLocalRandom.current().nextLong(capped / 2 + 1);
        }
        pace.pause(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
