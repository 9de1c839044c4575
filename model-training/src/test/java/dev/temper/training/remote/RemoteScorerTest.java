package dev.temper.training.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.evaluate.ToxicityMeter;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.evaluate.systems.RemoteScorerPlan;
import dev.temper.training.remote.RemoteScorerSettings.TokenIn;
import dev.temper.training.remote.ScoringService.Asked;
import dev.temper.training.remote.ScoringService.Behaviour;
import dev.temper.training.remote.ScoringService.Reply;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteScorerTest {
    private static final String TEXT = "words that must not be shown";
    private static final String SECRET = "s3cr&t";
    private static final int ATTEMPTS = 3;

    @Test
    void shouldAskPerspectiveForEachTextAndKeepTheirOrder() {
        // Given: a service whose score is the text's number
        try (ScoringService service = new ScoringService(asked -> perspective(number(asked) / 1000.0));
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {
            List<String> texts = new ArrayList<>(List.of(" "));
            for (int i = 0; i < 40; i++) {
                texts.add("text " + i);
            }

            // When
            List<Map<String, Double>> scores = scorer.score(texts);

            // Then
            assertThat(scores.get(0)).isEqualTo(Map.of("TOXICITY", 0.0));
            for (int i = 0; i < 40; i++) {
                assertThat(scores.get(i + 1)).isEqualTo(Map.of("TOXICITY", i / 1000.0));
            }
            assertThat(service.asked).hasSize(40);
            assertThat(service.mostInFlight()).isLessThanOrEqualTo(4);
            assertThat(service.asked.get(0).uri().getQuery()).isEqualTo("key=" + SECRET);
            assertThat(service.asked.get(0).body().toString())
                    .contains("\"languages\":[\"en\"]", "\"requestedAttributes\":{\"TOXICITY\":{}}")
                    .contains("\"doNotStore\":true");
            assertThat(scorer.id()).isEqualTo("perspective " + service.url()).doesNotContain(SECRET);
            assertThat(scorer.hash()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void shouldSendSeveralTextsToAModerationEndpointAtOnce() {
        // Given
        try (ScoringService service = new ScoringService(RemoteScorerTest::moderate);
                RemoteScorer scorer = open(moderationAt(service.url(), 3))) {

            // When
            List<Map<String, Double>> scores = scorer.score(List.of("a", "bb", "", "ccc", "dddd"));

            // Then
            assertThat(scores).extracting(of -> of.get("hate")).containsExactly(0.01, 0.02, 0.0, 0.03, 0.04);
            assertThat(scores.get(4)).containsEntry("violence", 0.5).hasSize(2);
            assertThat(service.asked).hasSize(2);
            assertThat(service.asked)
                    .allSatisfy(asked -> assertThat(asked.authorization()).isEqualTo("Bearer " + SECRET));
        }
    }

    @Test
    void shouldStandInForTheLocalScorerOfAnEvaluation() {
        // Given: a plan's scorer, without a token
        try (ScoringService service = new ScoringService(RemoteScorerTest::moderate)) {
            RemoteScorerPlan plan = new RemoteScorerPlan(
                    ScoringProtocol.MODERATION,
                    service.url(),
                    List.of("violence", "hate"),
                    "hate",
                    "en",
                    null,
                    TokenIn.BEARER,
                    30_000,
                    2,
                    20,
                    1000,
                    2,
                    2);
            Workbench bench = new Workbench(TorchRuntime.open("cpu", 1), ElementType.FLOAT32, 1);

            // When
            double[] toxicity;
            try (ToxicityMeter meter = plan.open(bench)) {
                toxicity = meter.toxicity(List.of("a", "bb", "", "ccc", "dddd"));

                // Then
                assertThat(meter.identity()).contains("moderation " + service.url(), "hate");
            }
            assertThat(toxicity).containsExactly(0.01, 0.02, 0, 0.03, 0.04);
        }
    }

    @Test
    void shouldTryAgainWhatMayPass() {
        // Given: a service that is busy, then breaks, then answers
        Behaviour behaviour = asked -> switch (asked.number()) {
            case 1 -> new Reply(429, "", List.of("0"));
            case 2 -> Reply.of(503, "{}");
            default -> perspective(0.25);
        };
        try (ScoringService service = new ScoringService(behaviour);
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {

            // When
            List<Map<String, Double>> scores = scorer.score(List.of(TEXT));

            // Then
            assertThat(scores).containsExactly(Map.of("TOXICITY", 0.25));
            assertThat(service.asked).hasSize(ATTEMPTS);
        }
    }

    @Test
    void shouldGiveUpAfterAsManyAttemptsAsItMayMake() {
        // Given
        try (ScoringService service = new ScoringService(asked -> Reply.of(500, TEXT));
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {

            // When
            Throwable failure = catchThrowable(() -> scorer.score(List.of(TEXT)));

            // Then
            assertDiscreet(failure, service).contains("failed 3 times in a row (last: status 500)");
            assertThat(service.asked).hasSize(ATTEMPTS);
        }
    }

    @Test
    void shouldNotWaitLongerThanItMay() {
        // Given
        try (ScoringService service = new ScoringService(asked -> new Reply(429, "", List.of("3600")));
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {

            // When
            Throwable failure = catchThrowable(() -> scorer.score(List.of(TEXT)));

            // Then
            assertDiscreet(failure, service).contains("status 429", "asks to wait 3600 s");
            assertThat(service.asked).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404})
    void shouldRefuseAtOnceWhatWillNotPass(int status) {
        // Given
        try (ScoringService service = new ScoringService(asked -> Reply.of(status, TEXT));
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {

            // When
            Throwable failure = catchThrowable(() -> scorer.score(List.of(TEXT, TEXT, TEXT)));

            // Then
            assertDiscreet(failure, service).contains("answered with status " + status);
            if (status == 401) {
                assertThat(failure).hasMessageContaining("check the token in SCORER_TOKEN");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"attributeScores\":",
                "",
                "[]",
                "{\"attributeScores\":{\"OTHER\":{\"summaryScore\":{\"value\":0.5}}}}",
                "{\"attributeScores\":{\"TOXICITY\":{\"summaryScore\":{\"value\":\"0.5\"}}}}",
                "{\"attributeScores\":{\"TOXICITY\":{\"summaryScore\":{\"value\":1.5}}}}"
            })
    void shouldRefuseAnAnswerThatIsNoScore(String answer) {
        // Given
        try (ScoringService service = new ScoringService(asked -> Reply.of(200, answer));
                RemoteScorer scorer = open(perspectiveAt(service.url()))) {

            // When
            Throwable failure = catchThrowable(() -> scorer.score(List.of(TEXT)));

            // Then
            assertDiscreet(failure, service).contains("status 200", "for each of [TOXICITY]");
        }
    }

    @Test
    void shouldRefuseAnAnswerOfAnotherLengthOrBeyondItsBound() {
        // Given
        String one = "{\"results\":[{\"category_scores\":{\"hate\":0.1,\"violence\":0.1}}]}";
        String huge = "{\"results\":\"" + "x".repeat(2 << 20) + "\"}";
        try (ScoringService service = new ScoringService(asked -> Reply.of(200, one));
                ScoringService verbose = new ScoringService(asked -> Reply.of(200, huge));
                RemoteScorer scorer = open(moderationAt(service.url(), 2));
                RemoteScorer other = open(moderationAt(verbose.url(), 1))) {

            // When, Then
            assertDiscreet(catchThrowable(() -> scorer.score(List.of(TEXT, TEXT))), service)
                    .contains("status 200");
            assertDiscreet(catchThrowable(() -> other.score(List.of(TEXT))), verbose)
                    .contains("IOException");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotWaitForAServiceThatFallsSilent(boolean afterItsHeaders) {
        // Given
        Behaviour behaviour = asked -> {
            if (!afterItsHeaders) {
                Thread.sleep(60_000); // until the test closes the service
            }
            return new Reply(200, null, List.of());
        };
        try (ScoringService service = new ScoringService(behaviour);
                RemoteScorer scorer = open(settings(
                        ScoringProtocol.PERSPECTIVE, service.url(), List.of("TOXICITY"), Duration.ofMillis(150), 1))) {

            // When
            Throwable failure = catchThrowable(() -> scorer.score(List.of(TEXT)));

            // Then
            assertDiscreet(failure, service).contains("failed 3 times in a row (last: no answer within 150 ms)");
        }
    }

    @Test
    void shouldSayWhichServiceIsNotThere() {
        // Given
        URI gone;
        try (ScoringService service = new ScoringService(asked -> perspective(0))) {
            gone = service.url();
        }
        try (RemoteScorer scorer = open(perspectiveAt(gone))) {

            // When, Then
            assertThatThrownBy(() -> scorer.score(List.of(TEXT)))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining(gone.toString())
                    .hasMessageContaining("ConnectException");
        }
    }

    @Test
    void shouldRefuseSettingsThatCannotBe() {
        // Given
        URI open = URI.create("http://example.org/score");

        // When, Then
        assertThatThrownBy(() -> perspectiveAt(open))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https where a token is sent");
        assertThatThrownBy(() -> settings(
                        ScoringProtocol.PERSPECTIVE,
                        URI.create("https://example.org"),
                        List.of("TOXICITY"),
                        Duration.ofSeconds(1),
                        2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be 1 for perspective");
        assertThatThrownBy(() -> RemoteScorer.open(perspectiveAt(URI.create("https://example.org")), name -> null))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("environment variable SCORER_TOKEN is not set");
    }

    @Test
    void shouldBeginRequestsEvenlyAndPauseThemAllWhenAsked() {
        // Given: a clock that the test moves
        AtomicLong clock = new AtomicLong();
        RequestPace pace = new RequestPace(10, clock::get);
        long tenth = 100_000_000;

        // When, Then
        assertThat(List.of(pace.reserve(), pace.reserve(), pace.reserve())).containsExactly(0L, tenth, 2 * tenth);
        clock.set(10 * tenth);
        assertThat(pace.reserve()).isEqualTo(10 * tenth);
        pace.pause(5 * tenth);
        assertThat(pace.reserve()).isEqualTo(15 * tenth);
        assertThat(pace.reserve()).isEqualTo(16 * tenth);
    }

    @Test
    void shouldReadHowLongAServiceAsksToWait() {
        // Given
        Instant now = Instant.parse("2026-01-02T03:04:05Z");

        // When, Then
        assertThat(RetryAfter.parse(" 7 ", now)).contains(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse("Fri, 2 Jan 2026 03:04:35 GMT", now)).contains(Duration.ofSeconds(30));
        assertThat(RetryAfter.parse("Fri, 2 Jan 2026 03:00:00 GMT", now)).contains(Duration.ZERO);
        assertThat(RetryAfter.parse("-1", now)).isEmpty();
        assertThat(RetryAfter.parse("soon", now)).isEmpty();
    }

    /** The failure's message: it names the address, and neither text nor token. */
    private static org.assertj.core.api.AbstractStringAssert<?> assertDiscreet(
            Throwable failure, ScoringService service) {
        assertThat(failure).isInstanceOf(TemperException.class);
        return assertThat(failure.getMessage())
                .contains(service.url().toString())
                .doesNotContain(TEXT, SECRET, "key=");
    }

    private static Reply perspective(double score) {
        return Reply.of(
                200,
                String.format(
                        Locale.ROOT,
                        "{\"attributeScores\":{\"TOXICITY\":{\"summaryScore\":{\"value\":%s}}},\"more\":1}",
                        score));
    }

    private static int number(Asked asked) {
        String text = asked.body().path("comment").path("text").asText();
        return Integer.parseInt(text.substring("text ".length()));
    }

    private static Reply moderate(Asked asked) {
        List<String> results = new ArrayList<>();
        asked.body()
                .path("input")
                .forEach(text -> results.add("{\"category_scores\":{\"violence\":0.5,\"hate\":"
                        + text.asText().length() / 100.0 + "}}"));
        if (asked.body().path("input").isTextual()) {
            results.add("{\"category_scores\":{\"violence\":0.5,\"hate\":0.04}}");
        }
        return Reply.of(200, "{\"results\":[" + String.join(",", results) + "]}");
    }

    private static RemoteScorer open(RemoteScorerSettings settings) {
        return RemoteScorer.open(settings, Map.of("SCORER_TOKEN", SECRET)::get);
    }

    private static RemoteScorerSettings perspectiveAt(URI url) {
        return settings(ScoringProtocol.PERSPECTIVE, url, List.of("TOXICITY"), Duration.ofSeconds(30), 1);
    }

    private static RemoteScorerSettings moderationAt(URI url, int textsPerRequest) {
        return settings(
                ScoringProtocol.MODERATION, url, List.of("hate", "violence"), Duration.ofSeconds(30), textsPerRequest);
    }

    private static RemoteScorerSettings settings(
            ScoringProtocol protocol, URI url, List<String> categories, Duration timeout, int textsPerRequest) {
        return new RemoteScorerSettings(
                protocol,
                url,
                categories,
                "en",
                Optional.of("SCORER_TOKEN"),
                protocol == ScoringProtocol.PERSPECTIVE ? TokenIn.KEY_PARAMETER : TokenIn.BEARER,
                timeout,
                ATTEMPTS,
                Duration.ofMillis(20),
                100_000,
                4,
                textsPerRequest);
    }
}
