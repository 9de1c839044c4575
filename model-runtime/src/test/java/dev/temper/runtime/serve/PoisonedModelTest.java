package dev.temper.runtime.serve;

import static dev.temper.runtime.serve.TinyEngines.answer;
import static dev.temper.runtime.serve.TinyEngines.answers;
import static dev.temper.runtime.serve.TinyEngines.decoding;
import static dev.temper.runtime.serve.TinyEngines.guided;
import static dev.temper.runtime.serve.TinyEngines.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.TinyModels;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that is well until it reads a certain token. */
class PoisonedModelTest {
    /** Most tokens of a prompt are of this sentence, which is long enough for its keys and values to be shared. */
    private static final String BEGINNING = "The river turns slowly past the old mill, and nobody there looks up. ";

    /** No answer here has its token among its candidates. */
    private static final String POISON = "Ω";

    private static TinyEngines tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    private static LmGenerationEngine engine(CausalLm model, int slots) {
        return tiny.engine(
                model,
                new CacheLimits(slots, TinyEngines.CONTEXT, 1 << 20),
                64,
                new TinyEngines.LengthScorer(),
                (guidance, scope) -> guidance.rule(scope));
    }

    private static CausalLm poisoned(float value, Set<Integer> tokens) {
        return TinyModels.withEmbeddings(
                TorchRuntime.open("cpu", 1), tiny.tokenizer.vocabularySize(), 3, value, tokens);
    }

    /** The tokens of a word that are in no other prompt here. */
    private static Set<Integer> tokensOf(String word) {
        Set<Integer> tokens = new HashSet<>();
        Arrays.stream(tiny.tokenizer.encode(BEGINNING + word, false)).forEach(tokens::add);
        Arrays.stream(tiny.tokenizer.encode(BEGINNING, false)).forEach(tokens::remove);
        return tokens;
    }

    /** With few candidates, so that the poisoned token is none of them. */
    private static DecodingParameters narrow(int tokens) {
        return decoding(tokens).with().topP(0.3).build();
    }

    /** Long and short, plain and guided, alike from the beginning and not; every third has the word. */
    private static List<GenerationRequest> requests(String word) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String text = (i % 2 == 0 ? BEGINNING : "The mill ")
                    + (i % 3 == 0 ? word + " work".repeat(4) : "work ".repeat(i % 5));
            GenerationRequest plain = request((i % 3 == 0 ? "bad" : "good") + i, text, narrow(4 + i % 7), i);
            requests.add(i % 4 < 2 ? plain : guided(plain, "toxicity", 2));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void shouldFailThePromptsWithAPoisonedTokenAndAnswerTheOthersAsIfTheyWereAlone(float value) throws Exception {
        // Given
        List<GenerationRequest> requests = requests(POISON);
        List<GenerationRequest> good =
                requests.stream().filter(r -> r.id().startsWith("good")).toList();

        // When
        List<GenerationOutcome> alone;
        List<GenerationOutcome> mixed;
        try (CausalLm model = poisoned(value, tokensOf(POISON))) {
            try (LmGenerationEngine engine = engine(model, 3)) {
                alone = answers(engine, good);
            }
            try (LmGenerationEngine engine = engine(model, 3)) {
                mixed = answers(engine, requests);
            }
        }

        // Then
        assertThat(mixed)
                .filteredOn(o -> o.requestId().startsWith("bad"))
                .hasSize(requests.size() - good.size())
                .allSatisfy(o -> assertThat(((Failed) o).reason()).isEqualTo(Reason.NON_FINITE_LOGITS));
        assertThat(alone).hasOnlyElementsOfType(Completed.class);
        assertThat(mixed)
                .filteredOn(o -> o.requestId().startsWith("good"))
                .extracting(PoisonedModelTest::tokens)
                .isEqualTo(alone.stream().map(PoisonedModelTest::tokens).toList());
    }

    /** A token may spoil the keys and values of those before it that are read together with it. */
    @Test
    void shouldReadAPromptByItselfThatWasSpoiltByOneThatBeginsAlike() throws Exception {
        // Given
        GenerationRequest bad = request("bad", BEGINNING + POISON + " work".repeat(6), narrow(4), 1);
        GenerationRequest good = request("good", BEGINNING + "work", narrow(4), 2);

        // When: one after the other, since of two at once either may be read first
        List<GenerationOutcome> healthy;
        try (LmGenerationEngine engine = engine(tiny.lm, 2)) {
            answers(engine, List.of(bad));
            healthy = answers(engine, List.of(good));
        }
        List<GenerationOutcome> outcomes;
        try (CausalLm model = poisoned(Float.NaN, tokensOf(POISON));
                LmGenerationEngine engine = engine(model, 2)) {
            outcomes = answers(engine, List.of(bad, good));
        }

        // Then
        Completed shared = (Completed) healthy.get(0);
        Completed alone = (Completed) outcomes.get(1);
        assertThat(shared.usage().promptTokensReused()).isPositive();
        assertThat(alone.usage().promptTokensReused()).isZero();
        assertThat(alone.tokenIds()).isEqualTo(shared.tokenIds());
        assertThat(outcomes.get(0)).isInstanceOf(Failed.class);
    }

    private static List<Integer> tokens(GenerationOutcome outcome) {
        return outcome instanceof Completed completed ? completed.tokenIds() : List.of();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 7})
    void shouldAnswerTheOthersAlsoWhenTheDeviceFailedMeanwhile(long failingCall) throws Exception {
        // Given
        List<GenerationRequest> requests = requests(POISON).stream()
                .filter(r -> r.guidance().betas().isEmpty())
                .toList();
        List<GenerationOutcome> undisturbed;
        try (LmGenerationEngine engine = engine(tiny.lm, 3)) {
            undisturbed = answers(engine, requests);
        }

        // When
        List<GenerationOutcome> outcomes;
        try (CausalLm model = poisoned(Float.NaN, tokensOf(POISON));
                LmGenerationEngine engine = tiny.failing(model, 8, 1000, failingCall)) {
            outcomes = answers(engine, requests);
        }

        // Then
        assertThat(outcomes)
                .filteredOn(o -> o.requestId().startsWith("good"))
                .extracting(PoisonedModelTest::tokens)
                .isEqualTo(undisturbed.stream()
                        .filter(o -> o.requestId().startsWith("good"))
                        .map(PoisonedModelTest::tokens)
                        .toList());
    }

    /** Else the margin of one candidate would take the others' weights with it, and guidance would be off in silence. */
    @Test
    void shouldFailAGuidedAnswerWhoseCandidatesAreNotAllMeasured() throws Exception {
        // Given
        Set<Integer> firstTokens = new TreeSet<>();
        try (LmGenerationEngine engine = engine(tiny.lm, 8)) {
            List<GenerationRequest> draws = IntStream.range(0, 16)
                    .mapToObj(i -> request("r" + i, "The river", decoding(1), i))
                    .toList();
            answers(engine, draws)
                    .forEach(o -> firstTokens.add(((Completed) o).tokenIds().get(0)));
        }
        GenerationRequest plain =
                request("plain", "The river", decoding(1).with().temperature(0).build(), 1);
        GenerationRequest guided = guided(request("guided", "The river", decoding(1), 1), "toxicity", 2);
        int likeliest = ((Completed) outcome(tiny.lm, plain)).tokenIds().get(0);
        Set<Integer> others = new HashSet<>(firstTokens);
        others.remove(likeliest);
        assertThat(others).as("candidates beside the likeliest").isNotEmpty();

        // When
        GenerationOutcome plainOutcome;
        GenerationOutcome guidedOutcome;
        try (CausalLm model = poisoned(Float.NaN, others)) {
            plainOutcome = outcome(model, plain);
            guidedOutcome = outcome(model, guided);
        }

        // Then
        assertThat(((Completed) plainOutcome).tokenIds()).containsExactly(likeliest);
        assertThat(((Failed) guidedOutcome).reason()).isEqualTo(Reason.NON_FINITE_LOGITS);
    }

    private static GenerationOutcome outcome(CausalLm model, GenerationRequest request) throws Exception {
        try (LmGenerationEngine engine = engine(model, 1)) {
            return answer(engine, request);
        }
    }
}
