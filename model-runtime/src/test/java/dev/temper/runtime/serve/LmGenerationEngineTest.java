package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.CONTEXT;
import static dev.temper.runtime.serve.TinyEngines.answer;
import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.guided;
import static dev.temper.runtime.serve.TinyEngines.mixedRequests;
import static dev.temper.runtime.serve.TinyEngines.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on a tiny random model: what it answers. */
class LmGenerationEngineTest {
    private static TinyEngines tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    /** Plain, guided and penalised ones join and leave, prompts are read in parts, and begin alike. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 14})
    void shouldGiveASeedTheSameAnswerAloneAndInAFullBatch(long keptBytes) throws Exception {
        // Given
        List<GenerationRequest> requests = mixedRequests(24);
        List<String> alone = new ArrayList<>();
        try (LmGenerationEngine engine = tiny.engine(1, 1)) {
            for (GenerationRequest request : requests) {
                alone.add(((Completed) answer(engine, request)).text());
            }
        }

        // When
        List<GenerationOutcome> together;
        try (LmGenerationEngine engine = engine(6, keptBytes)) {
            together = answers(engine, requests);
        }

        // Then
        assertThat(together).extracting(o -> ((Completed) o).text()).isEqualTo(alone);
        assertThat(together).anySatisfy(o -> assertThat(((Completed) o).usage().promptTokensReused())
                .isPositive());
    }

    private static LmGenerationEngine engine(int slots, long keptBytes) {
        return tiny.engine(
                tiny.lm,
                new CacheLimits(slots, CONTEXT, keptBytes),
                64,
                new TinyEngines.LengthScorer(),
                (guidance, scope) -> guidance.rule(scope));
    }

    @Test
    void shouldReadASharedBeginningOnce() throws Exception {
        // Given
        String system = "You answer in the manner of a patient teacher who likes rivers. ";
        GenerationRequest first = request("first", system + "What turns?", decoding(4), 1);
        GenerationRequest second = request("second", system + "Who asks?", decoding(4), 2);
        try (LmGenerationEngine engine = engine(1, 1 << 14)) {

            // When
            Completed read = (Completed) answer(engine, first);
            Completed taken = (Completed) answer(engine, second);

            // Then
            assertThat(read.usage().promptTokensReused()).isZero();
            assertThat(taken.usage().promptTokensReused())
                    .isGreaterThanOrEqualTo(16)
                    .isLessThan(taken.usage().promptTokens());
            EngineStatus status = engine.status();
            assertThat(status.cacheBytesUsed()).isPositive().isLessThanOrEqualTo(status.cacheBytes());
        }
    }

    @Test
    void shouldReportOnePassAndOneMarginForEachGuidedToken() throws Exception {
        // Given
        GenerationRequest plain = request("plain", "The river", decoding(10), 4);
        try (LmGenerationEngine engine = tiny.engine(2, 8)) {

            // When
            Completed guidedAnswer = (Completed) answer(engine, guided(plain, "toxicity", 3));
            Completed plainAnswer = (Completed) answer(engine, plain);

            // Then
            assertThat(guidedAnswer.usage().modelPasses())
                    .isEqualTo(guidedAnswer.usage().outputTokens());
            assertThat(guidedAnswer.margins().get("toxicity"))
                    .hasSize(guidedAnswer.usage().outputTokens());
            assertThat(guidedAnswer.usage().meanKl()).isPositive();
            assertThat(plainAnswer.usage().modelPasses())
                    .isEqualTo(plainAnswer.usage().outputTokens() - 1);
            assertThat(String.join("", plainAnswer.tokenTexts())).isEqualTo(plainAnswer.text());
            assertThat(plainAnswer.margins()).isEmpty();
            assertThat(plainAnswer.usage().candidates()).isZero();
        }
    }

    @Test
    void shouldScoreEachAnswerWithItsOwnText() throws Exception {
        // Given
        List<GenerationRequest> requests = mixedRequests(12);
        try (LmGenerationEngine engine = tiny.engine(4, 64)) {

            // When
            List<GenerationOutcome> outcomes = answers(engine, requests);

            // Then
            assertThat(outcomes).allSatisfy(o -> assertThat(((Completed) o).scores())
                    .containsEntry("length", ((Completed) o).text().length() / 1e4));
        }
    }

    @Test
    void shouldEndBeforeAStopString() throws Exception {
        // Given
        GenerationRequest free = request("free", "The river turns", decoding(30), 9);
        try (LmGenerationEngine engine = tiny.engine(2, 8)) {
            String text = ((Completed) answer(engine, free)).text();
            String stop = text.substring(text.length() / 2, text.length() / 2 + 2);

            // When
            Completed stopped =
                    (Completed) answer(engine, request("stopped", "The river turns", decoding(30, stop), 9));

            // Then
            assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP_STRING);
            assertThat(stopped.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        }
    }

    @Test
    void shouldNeverWriteABadWordAndNeverEndTooEarly() throws Exception {
        // Given: what is written freely
        GenerationRequest free = request("free", "The river turns", decoding(12), 9);
        try (LmGenerationEngine engine = tiny.engine(2, 8)) {
            Completed written = (Completed) answer(engine, free);
            String bad = written.tokenTexts().get(3) + written.tokenTexts().get(4);
            DecodingParameters ruled = free.decoding()
                    .with()
                    .badWords(List.of(bad.strip()))
                    .minNewTokens(12)
                    .build();

            // When
            Completed plain = (Completed) answer(engine, request("plain", "The river turns", ruled, 9));
            Completed guided =
                    (Completed) answer(engine, guided(request("guided", "The river turns", ruled, 9), "toxicity", 2));

            // Then
            assertThat(List.of(plain, guided)).allSatisfy(answer -> {
                assertThat(answer.text()).doesNotContain(bad);
                assertThat(answer.usage().outputTokens()).isEqualTo(12);
            });
            assertThat(plain.tokenIds().subList(0, 3))
                    .isEqualTo(written.tokenIds().subList(0, 3));
        }
    }

    @Test
    void shouldRefuseAnUnknownSubspaceByName() throws Exception {
        // Given
        GenerationRequest request = guided(request("r", "The river", decoding(5), 1), "sarcasm", 1);
        try (LmGenerationEngine engine = tiny.engine(1, 8)) {

            // When
            Failed failed = (Failed) answer(engine, request);

            // Then
            assertThat(failed.reason()).isEqualTo(Reason.INVALID_PARAMETERS);
            assertThat(failed.detail()).contains("sarcasm").contains("toxicity");
        }
    }

    @Test
    void shouldRejectOrTruncateAPromptLongerThanTheContext() throws Exception {
        // Given
        String longPrompt = "The river turns slowly past the old mill. ".repeat(40);
        GenerationRequest rejecting = request("r", longPrompt, decoding(8), 1);
        GenerationRequest truncating = new GenerationRequest(
                "t",
                rejecting.prompt(),
                rejecting.decoding(),
                rejecting.guidance(),
                1,
                PromptOverflow.TRUNCATE_LEFT,
                null);
        try (LmGenerationEngine engine = tiny.engine(1, 8)) {

            // When
            GenerationOutcome rejected = answer(engine, rejecting);
            GenerationOutcome truncated = answer(engine, truncating);

            // Then
            assertThat(((Failed) rejected).reason()).isEqualTo(Reason.PROMPT_TOO_LONG);
            GenerationOutcome.Usage usage = ((Completed) truncated).usage();
            assertThat(usage.promptTokens()).isEqualTo(CONTEXT - 8);
            assertThat(usage.promptTokensDropped()).isPositive();
        }
    }
}
