package dev.temper.training.nado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NadoGoldenTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final GoldenTensors SMALL = GoldenTensors.open("nado/small");
    private static final double EXACT = 1e-10;

    private NDManager manager;
    private Script script;

    @BeforeEach
    void compile() {
        manager = RUNTIME.newManager();
        script = Script.compile(manager, List.of("training/nado.py"), "training/nado_goldens.py");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    static Stream<Arguments> losses() {
        return IntStream.range(0, 5).boxed().flatMap(example -> Stream.of(
                        "kl_qp", "kl_pq", "kl_qp_q_detached", "bce_sum", "reg_ab")
                .map(loss -> Arguments.of("small" + example, loss)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void shouldGiveTheReferencesLossAndGradients(String example, String loss) {
        // Given
        NDArray z = parameter(example + ".logits");
        NDArray r = parameter(example + ".aux_logits");
        NDArray r0 = parameter(example + ".r0_logit");
        NDArray y = manager.create(LongStream.of(chosen(example)).toArray());
        NDArray label = manager.create(
                new double[] {SMALL.json().get(example).get("label").asDouble()});

        // When
        double value = Autograd.backward(() -> script.forwardWithGradients(loss, z, r, r0, y, label));

        // Then
        assertThat(value)
                .isCloseTo(SMALL.json().get(example).get("values").get(loss).asDouble(), within(EXACT));
        assertGradient(z, example + ".grad." + loss + ".logits");
        assertGradient(r, example + ".grad." + loss + ".aux_logits");
        assertGradient(r0, example + ".grad." + loss + ".r0_logit");
    }

    /** The tokens whose R the goldens list as R of the prefix; the last one shows in the BCE terms only. */
    private static long[] chosen(String example) {
        int vocab = (int) SMALL.shape(example + ".R").get(1);
        double[] r = SMALL.values(example + ".R");
        double[] next = SMALL.values(example + ".R_prev");
        double[] terms = SMALL.values(example + ".bce_terms");
        boolean positive = SMALL.json().get(example).get("label").asInt() == 1;
        long[] y = new long[next.length];
        for (int i = 0; i < y.length; i++) {
            double value = positive ? Math.exp(-terms[i]) : 1 - Math.exp(-terms[i]);
            int row = i * vocab;
            y[i] = IntStream.range(0, vocab)
                    .filter(v -> Math.abs(r[row + v] - value) < 1e-9)
                    .findFirst()
                    .orElseThrow();
        }
        return y;
    }

    @ParameterizedTest
    @ValueSource(strings = {"small0", "small1", "small2", "small3", "small4"})
    void shouldGiveTheReferencesDistributionAndExpectation(String example) {
        // Given
        NDArray z = SMALL.array(manager, example + ".logits", DataType.FLOAT64);
        NDArray r = SMALL.array(manager, example + ".aux_logits", DataType.FLOAT64);

        // When
        NDArray q = script.call(manager, "log_q", z, r).exp();
        NDArray expected = script.call(manager, "expected", z, r);

        // Then
        assertThat(q.toDoubleArray()).containsExactly(SMALL.values(example + ".q"), within(EXACT));
        assertThat(expected.toDoubleArray()).containsExactly(SMALL.values(example + ".a"), within(EXACT));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 0.9, 0.99, 1})
    void shouldMeetTheConstraintExactlyWhereItBindsAndLeaveTheModelAloneWhereItDoesNot(double delta) {
        // Given a model of one step: R is Pr[C = 1] of each token
        double[] logits = {0.3, -1.2, 2.0, 0.1};
        double[] reward = {0.95, 0.2, 0.1, 0.9};
        NDArray z = manager.create(logits, new Shape(1, 4));
        NDArray r = manager.create(
                java.util.Arrays.stream(reward).map(p -> Math.log(p / (1 - p))).toArray(), new Shape(1, 4));
        double before = script.call(manager, "expected", z, r).toDoubleArray()[0];

        // When
        double[] q = script.call(manager, "constrained", z, r, manager.create(new long[] {0}), delta)
                .exp()
                .toDoubleArray();

        // Then the tokens are samples of C themselves: E_q[C] = Σ p(v) [δ/R0 R + (1-δ)/(1-R0) (1-R)] restricted to C =
        // 1
        double satisfied = IntStream.range(0, 4)
                .mapToDouble(v -> q[v] * posterior(reward[v], before, delta))
                .sum();
        assertThat(satisfied).isCloseTo(Math.max(delta, before), within(1e-9));
    }

    /** Pr[C = 1 | token] under q: the part of V that belongs to C = 1. */
    private static double posterior(double reward, double before, double delta) {
        if (before >= delta) {
            return reward;
        }
        double satisfied = delta / before * reward;
        return satisfied / (satisfied + (1 - delta) / (1 - before) * (1 - reward));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama31"})
    void shouldGiveTheReferencesLossAndGradientsOfAHeadOnARealModel(String name) {
        // Given
        GoldenTensors golden = GoldenTensors.open("nado/" + name);
        double[] prompt = golden.values("prompt_ids");
        double[] answer = golden.values("y");
        long[] ids = Stream.of(prompt, answer)
                .flatMapToDouble(java.util.Arrays::stream)
                .mapToLong(id -> (long) id)
                .toArray();
        int first = prompt.length - 2; // the row whose next token is the prompt's last
        long[] rows = LongStream.range(first, ids.length - 1).toArray();
        List<Long> tokens = new ArrayList<>();
        LongStream.of(rows).forEach(row -> tokens.add(ids[(int) row + 1]));
        NDArray weight = golden.array(manager, "head.weight", DataType.FLOAT32);
        NDArray bias = golden.array(manager, "head.bias", DataType.FLOAT32);
        weight.setRequiresGradient(true);
        bias.setRequiresGradient(true);
        ModelFolder folder = ModelFolder.open(GoldenTensors.folder("models/" + name));
        try (CausalLm lm = CausalLm.load(folder, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT)) {
            float[] hidden = lm.hidden(manager, manager.create(ids, new Shape(1, ids.length)))
                    .toFloatArray();
            int width = hidden.length / ids.length;
            NDArray h = manager.create(
                    java.util.Arrays.copyOfRange(hidden, first * width, (ids.length - 1) * width),
                    new Shape(rows.length, width));
            NDArray later = manager.create(LongStream.range(1, rows.length).toArray());
            float[] logits = lm.logits(manager, h).toFloatArray();
            int vocab = logits.length / rows.length;
            NDArray z = manager.create(
                    java.util.Arrays.copyOfRange(logits, vocab, logits.length), new Shape(rows.length - 1, vocab));
            float[] ones = new float[rows.length];
            java.util.Arrays.fill(ones, 1);

            // When
            double loss = Autograd.backward(() -> script.forwardWithGradients(
                    "head_loss",
                    h,
                    z,
                    manager.create(tokens.stream().mapToLong(Long::longValue).toArray()),
                    manager.create(ones),
                    later,
                    manager.create(0.1f),
                    weight,
                    bias));

            // Then
            assertThat(loss).isCloseTo(golden.json().get("head_loss").asDouble(), within(1e-5));
            assertCloseTo(weight.getGradient(), golden.values("head_grad.weight"), 1e-5);
            assertCloseTo(bias.getGradient(), golden.values("head_grad.bias"), 1e-5);
        }
    }

    private NDArray parameter(String name) {
        NDArray array = SMALL.array(manager, name, DataType.FLOAT64);
        array.setRequiresGradient(true);
        return array;
    }

    private void assertGradient(NDArray parameter, String golden) {
        double[] expected = SMALL.values(golden);
        boolean untouched = java.util.Arrays.stream(expected).allMatch(g -> g == 0);
        if (!parameter.hasGradient() || parameter.getGradient() == null) {
            assertThat(untouched).as("no gradient where the reference has one").isTrue();
            return;
        }
        assertCloseTo(parameter.getGradient(), expected, EXACT);
    }

    private static void assertCloseTo(NDArray actual, double[] expected, double tolerance) {
        assertThat(actual.toType(DataType.FLOAT64, true).toDoubleArray()).containsExactly(expected, within(tolerance));
    }
}
