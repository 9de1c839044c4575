package dev.temper.training.evaluate.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Answer;
import dev.temper.training.evaluate.Answers;
import dev.temper.training.evaluate.Comparison;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.PerplexityJudge;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.likelihood.NaiveLikelihood;
import dev.temper.training.likelihood.SpanLikelihood;
import dev.temper.training.likelihood.TokenSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // set by JUnit
class WinRateSuiteTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final String FAILS = "(fails)";
    private static final List<String> PROMPTS = List.of("The river", "The old mill", "She said", "We met", "The train");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama32"})
    void shouldJudgeAnswersAsOneAtATime(String judge) throws IOException {
        // Given: answers of all lengths
        List<String> answers =
                List.of(" turns slowly past the old mill", " and", " a green window", " it.", " left at nine");
        ModelFolder model = TinyModel.open(judge);
        Workbench bench = new Workbench(RUNTIME, ElementType.FLOAT32, 4);
        try (PerplexityJudge perplexity = PerplexityJudge.load(model, RUNTIME, ElementType.FLOAT32);
                CausalLm lm = CausalLm.load(model, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
                Tokenizer tokenizer = Tokenizer.load(model.path())) {
            WinRateSuite suite = (WinRateSuite) plan().open("wins", instruments(bench, perplexity));

            // When
            List<AnswerNumbers> rows = suite.measure(new Fixed(answers), 0, PROMPTS.size());

            // Then
            NaiveLikelihood naive = new NaiveLikelihood(lm);
            for (int i = 0; i < answers.size(); i++) {
                int[] prompt = tokenizer.encode(PROMPTS.get(i), true);
                int[] answer = tokenizer.encode(answers.get(i), false);
                int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length);
                System.arraycopy(answer, 0, ids, prompt.length, answer.length);
                double expected = naive.of(List.of(new TokenSpan(ids, prompt.length)))
                        .get(0)
                        .sum();
                assertThat(rows.get(i).logLikelihood()).isCloseTo(expected, within(2e-3));
                assertThat(rows.get(i).perToken()).isCloseTo(expected / answer.length, within(1e-3));
            }
        }
    }

    @Test
    void shouldCountWinsAndHalfOfTiesOverPromptsThatBothAnswered() throws IOException {
        // Given: the same answer, an empty one against one, one against an empty one, two empty ones, a failure
        ModelFolder model = TinyModel.open("gpt2");
        Workbench bench = new Workbench(RUNTIME, ElementType.FLOAT32, 4);
        try (PerplexityJudge perplexity = PerplexityJudge.load(model, RUNTIME, ElementType.FLOAT32)) {
            WinRateSuite suite = (WinRateSuite) plan().open("wins", instruments(bench, perplexity));
            List<AnswerNumbers> own =
                    suite.measure(new Fixed(List.of(" turns", "", " said", "", FAILS)), 0, PROMPTS.size());
            List<AnswerNumbers> reference =
                    suite.measure(new Fixed(List.of(" turns", " it", "", "", " left")), 0, PROMPTS.size());
            Comparison<AnswerNumbers> winRate = suite.comparisons().get(0);

            // When
            double rate = winRate.preparation()
                    .over(own.subList(0, 4), reference.subList(0, 4))
                    .of(new int[] {0, 1, 2, 3});

            // Then
            assertThat(rate).isEqualTo((0.5 + 0 + 1 + 0.5) / 4);
            assertThat(own).extracting(winRate.counts()::test).containsExactly(true, true, true, true, false);
            assertThat(new AnswerNumbers("a", -6, 3, false).beats(new AnswerNumbers("a", -5, 2, false)))
                    .isOne(); // -2 a token against -2.5
        }
    }

    private WinRatePlan plan() throws IOException {
        Path file = Files.write(
                folder.resolve("prompts.jsonl"),
                PROMPTS.stream()
                        .map(text -> "{\"id\":\"%s\",\"text\":\"%s\"}".formatted(text, text))
                        .toList());
        return new WinRatePlan(List.of(file), Map.of(), false, 0, TextAs.PLAIN, DecodingOverride.NONE);
    }

    private static Instruments instruments(Workbench bench, PerplexityJudge judge) {
        return new Instruments(bench, Optional.of(judge), Optional.empty(), DecodingParameters.DEFAULT, 3);
    }

    /** Gives the prompts' answers from a list. */
    private record Fixed(List<String> texts) implements EvaluatedSystem {
        @Override
        public ModelFolder model() {
            return TinyModel.open();
        }

        @Override
        public ObjectNode identity() {
            return new ObjectMapper().createObjectNode();
        }

        @Override
        public Answers answer(List<PromptRow> prompts, DecodingParameters decoding, int samples, long seed) {
            assertThat(samples).isOne();
            List<String> own = prompts.stream()
                    .map(row -> texts.get(PROMPTS.indexOf(((Prompt.Plain) row.prompt()).text())))
                    .toList();
            return new Answers(
                    own.stream()
                            .map(text -> text.equals(FAILS)
                                    ? List.<Answer>of()
                                    : List.of(new Answer(text, List.of(), 0, 0, 0)))
                            .toList(),
                    own.stream().map(text -> text.equals(FAILS) ? 1 : 0).toList());
        }

        @Override
        public Optional<SpanLikelihood> likelihood() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // owns nothing
        }
    }
}
