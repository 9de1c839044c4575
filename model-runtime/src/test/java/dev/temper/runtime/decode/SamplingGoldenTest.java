package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of a row of logits, and with which probabilities, against the reference's logits processors. */
class SamplingGoldenTest {
    /** The processors that requests can ask for, in the order in which both apply them. */
    private static final List<String> ORDER = List.of("repetition_penalty", "temperature", "top_k", "top_p");

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

    static Stream<Arguments> cases() throws IOException {
        JsonNode cases = new ObjectMapper()
                .readTree(
                        GoldenTensors.folder("sampling").resolve("golden.json").toFile())
                .get("cases");
        return StreamSupport.stream(cases.spliterator(), false)
                .filter(SamplingGoldenTest::isOurs)
                .map(c -> Arguments.of(c.get("row").textValue() + " " + c.get("chain"), c));
    }

    /** Chains of our processors in our order, with values that a request may have. */
    private static boolean isOurs(JsonNode c) {
        int last = -1;
        for (JsonNode processor : c.get("chain")) {
            int place = ORDER.indexOf(processor.get(0).textValue());
            if (place <= last || processor.get(1).doubleValue() == 0) {
                return false;
            }
            last = place;
        }
        return true;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldKeepWhatTheReferenceKeepsWithItsProbabilities(String name, JsonNode c) {
        // Given
        double[] settings = {1, 0, 1, 1, golden.shape("row.normal")[0]};
        c.get("chain")
                .forEach(processor -> settings[place(processor.get(0).textValue())] =
                        processor.get(1).doubleValue());
        float[] logits = golden.floats("row." + c.get("row").textValue());
        double[] expected = softmax(golden.doubles(c.get("scores").textValue()));

        // When
        double[] actual = probabilities(logits, settings);

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

    /** Where `sampling.py` has the setting. */
    private static int place(String processor) {
        return switch (processor) {
            case "temperature" -> 0;
            case "top_k" -> 1;
            case "top_p" -> 2;
            default -> 3;
        };
    }

    private static double[] probabilities(float[] logits, double[] settings) {
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
                    scope.create(settings, new Shape(1, settings.length)),
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
