package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Greedy continuations under n-gram bans, bad words, minimum length and penalty, against what the reference's {@code
 * generate} gave (transformers 5.18, float32, tokens apart by 0.003 logits at least).
 */
class ReferenceContinuationTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private record Continuation(
            String model,
            int[] prompt,
            double repetitionPenalty,
            int noRepeatNgramSize,
            List<int[]> badWordsIds,
            int minNewTokens,
            Set<Integer> eosTokenId,
            List<Integer> tokens) {

        Admission admission(int maxCandidates) {
            DecodingParameters decoding = DecodingParameters.DEFAULT
                    .with()
                    .temperature(0)
                    .repetitionPenalty(repetitionPenalty)
                    .noRepeatNgramSize(noRepeatNgramSize)
                    .minNewTokens(minNewTokens)
                    .build();
            double[] ruleSettings = new SubspaceGuidance(List.of()).settings(GuidanceParameters.NONE);
            return new Admission(prompt, decoding, maxCandidates, ruleSettings, badWordsIds, eosTokenId);
        }
    }

    private static List<Continuation> continuations(String model) throws IOException {
        return JSON
                .readValue(
                        GoldenTensors.folder("decoding")
                                .resolve("continuations.json")
                                .toFile(),
                        new TypeReference<List<Continuation>>() {})
                .stream()
                .filter(c -> c.model().equals(model))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"llama31, 0", "llama31, 8", "gpt2, 0", "gpt2, 8"}) // 8 candidates a token: the way of guided sequences
    void shouldContinueAsTheReferenceDoes(String name, int maxCandidates) throws IOException {
        // Given
        List<Continuation> expected = continuations(name);
        ModelFolder folder = ModelFolder.open(GoldenTensors.folder("models/" + name));
        SubspaceGuidance unguided = new SubspaceGuidance(List.of());
        List<List<Integer>> answers = new ArrayList<>();
        expected.forEach(c -> answers.add(new ArrayList<>()));
        try (CausalLm lm =
                        CausalLm.load(folder, TorchRuntime.open("cpu", 1), ElementType.FLOAT32, LoadProgress.SILENT);
                NDManager scope = lm.newScope();
                BatchDecoder decoder =
                        new BatchDecoder(lm, unguided.rule(scope, lm.shape().hidden()), expected.size(), 128, 16)) {

            // When
            List<Decision> decisions = decoder.admit(
                    expected.stream().map(c -> c.admission(maxCandidates)).toList(), new double[expected.size()]);
            for (int step = 0; step <= 24; step++) {
                for (int i = 0; i < answers.size(); i++) {
                    if (decisions.get(i).token() != Decision.NONE) {
                        answers.get(i).add(decisions.get(i).token());
                    }
                }
                decisions = decoder.step(new double[expected.size()]);
            }
        }

        // Then: the reference ends with an end token, which the decoder leaves to the engine
        for (int i = 0; i < answers.size(); i++) {
            List<Integer> tokens = expected.get(i).tokens();
            assertThat(answers.get(i).subList(0, tokens.size()))
                    .as("%s", expected.get(i))
                    .isEqualTo(tokens);
        }
    }
}
