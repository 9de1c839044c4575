package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of a row of logits, and with which probabilities, against the reference's logits processors. */
class SamplingGoldenTest {
    /** Where `sampling.py` has a processor's setting, and the bit that says that it is used. */
    private record Rule(int column, int bit) {}

    private static Rule rule(String processor) {
        return switch (processor) {
            case "temperature" -> new Rule(0, 0);
            case "top_k" -> new Rule(1, 0);
            case "top_p" -> new Rule(2, 0);
            case "repetition_penalty" -> new Rule(3, 1);
            case "min_p" -> new Rule(7, 4);
            case "typical_p" -> new Rule(8, 8);
            case "epsilon_cutoff" -> new Rule(9, 8);
            default -> throw new AssertionError("no rule for " + processor);
        };
    }

    /** All rules off, and as many candidates as there are tokens. */
    private static final double[] OFF = {1, 0, 1, 1, 64, 0, 0, 0, 1, 0};

    private static final double NEAR_THE_CUT = 1e-6; // there the kept set depends on the sort
    private static NDManager manager;
    private static Script script;
    private static GoldenTensors golden;

    @BeforeAll
    static void compile() {
        manager = TorchRuntime.open("cpu", 1).newManager();
        script = Script.compile(manager, List.of("decode/sampling.py"), "testing/sampling_methods.py");
        golden = GoldenTensors.of("sampling");
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private static JsonNode document() throws IOException {
        return new ObjectMapper()
                .readTree(
                        GoldenTensors.folder("sampling").resolve("golden.json").toFile());
    }

    static Stream<Arguments> cases() throws IOException {
        return StreamSupport.stream(document().get("cases").spliterator(), false)
                .map(c -> Arguments.of(c.get("row").textValue() + " " + c.get("chain"), c));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldKeepWhatTheReferenceKeepsWithItsProbabilities(String name, JsonNode c) {
        // Given
        double[] settings = OFF.clone();
        int rules = 0;
        for (JsonNode processor : c.get("chain")) {
            Rule rule = rule(processor.get(0).textValue());
            settings[rule.column()] = processor.get(1).doubleValue();
            rules |= rule.bit();
        }
        float[] logits = golden.floats("row." + c.get("row").textValue());
        double[] expected = softmax(golden.doubles(c.get("scores").textValue()));

        // When
        double[] actual = probabilities(logits, settings, rules);

        // Then
        boolean ambiguous =
                c.get("ties_at_the_cut_make_the_kept_set_order_dependent").booleanValue()
                        || c.get("top_p_cut_distance").doubleValue() < NEAR_THE_CUT;
        if (ambiguous) { // which of equals is kept may differ, not how likely the kept ones are
            Arrays.sort(expected);
            Arrays.sort(actual);
        }
        assertThat(actual).containsExactly(expected, within(ambiguous ? 1e-4 : 1e-5));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 0", "4, 0", "1, 8", "2, 8", "3, 8", "4, 8"
    }) // 8: guided, the last token comes unknown
    void shouldRuleOutTheNgramsThatTheReferenceRulesOut(int size, int maxCandidates) throws IOException {
        // Given
        JsonNode expected = document().get("no_repeat_ngram");
        int[] text = StreamSupport.stream(expected.get("input_ids").spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
        int vocabulary = expected.get("vocab").intValue();
        int newest = text[text.length - 1];
        DecodingParameters decoding =
                DecodingParameters.DEFAULT.with().noRepeatNgramSize(size).build();
        boolean guided = maxCandidates > 0;
        int[] known = guided ? Arrays.copyOf(text, text.length - 1) : text;
        BatchRules rules = new BatchRules(manager, 1, vocabulary);
        rules.admit(0, new Admission(known, decoding, maxCandidates, new double[0]));

        // When
        float[] scores;
        try (NDManager scope = manager.newSubManager()) {
            NDArray bans = guided ? rules.bansAfterStep(scope, 1) : rules.bansAfterPrompt(scope, 0, 1);
            scores = script.call(
                            scope,
                            "without_banned",
                            scope.zeros(new Shape(1, vocabulary)),
                            scope.create(new long[] {newest}),
                            bans)
                    .toFloatArray();
        }

        // Then
        List<Integer> banned = IntStream.range(0, vocabulary)
                .filter(token -> scores[token] == Float.NEGATIVE_INFINITY)
                .boxed()
                .toList();
        assertThat(banned)
                .isEqualTo(StreamSupport.stream(
                                expected.get("banned").get("" + size).spliterator(), false)
                        .map(JsonNode::intValue)
                        .toList());
    }

    private static double[] probabilities(float[] logits, double[] settings, int rules) {
        boolean[] seen = new boolean[logits.length];
        for (int id : golden.ints("input_ids")) {
            seen[id] = true;
        }
        try (NDManager scope = manager.newSubManager()) {
            NDList candidates = script.callAll(
                    scope,
                    "candidates",
                    scope.create(logits, new Shape(1, logits.length)),
                    scope.create(seen, new Shape(1, seen.length)),
                    scope.zeros(new Shape(1, seen.length)),
                    scope.create(settings, new Shape(1, settings.length)),
                    rules,
                    (int) settings[1],
                    scope.create(new double[] {0.5}));
            long[] ids = candidates.get(0).toLongArray();
            double[] logP = candidates.get(1).toDoubleArray();
            double[] probabilities = new double[logits.length];
            for (int j = 0; j < candidates.get(2).toLongArray()[0]; j++) {
                probabilities[(int) ids[j]] = Math.exp(logP[j]);
            }
            return probabilities;
        }
    }

    private static double[] softmax(double[] scores) {
        double max = Arrays.stream(scores).max().orElseThrow();
        double sum = Arrays.stream(scores).map(s -> Math.exp(s - max)).sum();
        return Arrays.stream(scores).map(s -> Math.exp(s - max) / sum).toArray();
    }
}
