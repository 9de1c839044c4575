package dev.temper.training.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LlamaWeights;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.torch.Autograd;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyDecoders;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoraAdapterTest {
    private static final int VOCABULARY = 30;
    private static final int HIDDEN = 16;
    private static final int K_ROWS = 8; // k_proj stands behind the 16 rows of q_proj
    private static final WeightPlan PLAN = LlamaWeights.plan(TinyDecoders.config(VOCABULARY));
    private static final LoraSettings SETTINGS = new LoraSettings(3, 6, List.of("k_proj", "down_proj"));

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final NDManager scope = runtime.newManager();
    private final TrainableDecoder decoder = TinyDecoders.random(runtime.newManager(), VOCABULARY, 1);
    private final TrainableDecoder merged = TinyDecoders.random(runtime.newManager(), VOCABULARY, 1);
    private final LoraAdapter adapter = new LoraAdapter(scope, decoder, PLAN, SETTINGS, 5);

    @AfterEach
    void close() {
        scope.close();
        decoder.close();
        merged.close();
    }

    /** -log-likelihood of a batch, with the gradients of what requires them. */
    private double loss(TrainableDecoder model, String method, Object... weights) {
        List<String> texts = new ArrayList<>(model.texts());
        texts.addAll(List.of("training/nado.py", "training/lora.py"));
        Script script = Script.compile(scope, texts, "training/finetune.py");
        SequenceBatch batch = SequenceBatch.of(
                scope,
                List.of(
                        new TokenSequence(new int[] {1, 5, 7, 9, 2}, 1),
                        new TokenSequence(new int[] {3, 4, 8, 11, 13, 17, 19}, 2)));
        Object[] arguments = {
            batch.ids(),
            batch.rows(),
            batch.targets(),
            batch.targets().onesLike().toType(ai.djl.ndarray.types.DataType.FLOAT32, false),
            model.computing(ElementType.FLOAT32),
            model.dims(),
            model.real(),
            model.frequencies()
        };
        Object[] all = Stream.concat(Stream.of(arguments), Stream.of(weights)).toArray();
        return Autograd.backward(() -> script.forwardWithGradients(method, all));
    }

    /** Rows of a [n, width] array as doubles. */
    private static double[][] rows(float[] values, int width) {
        double[][] rows = new double[values.length / width][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }

    private static float[] flat(double[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return values;
    }

    private static double[][] times(double scale, double[][] x, double[][] y) {
        double[][] product = new double[x.length][y[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y[0].length; j++) {
                for (int k = 0; k < y.length; k++) {
                    product[i][j] += scale * x[i][k] * y[k][j];
                }
            }
        }
        return product;
    }

    private static double[][] transposed(double[][] x) {
        double[][] t = new double[x[0].length][x.length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                t[j][i] = x[i][j];
            }
        }
        return t;
    }

    @Test
    void shouldHaveTheGradientsOfTheMergedMatricesByTheProductRule() {
        // Given pairs whose B is not zero, of a part of a fused weight (k of q|k|v) and of a whole one
        Random random = new Random(7);
        List<NDArray> pairs = adapter.trained(); // A of two layers' k, of two layers' down; then their Bs
        for (NDArray b : pairs.subList(4, 8)) {
            float[] values = new float[(int) b.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.3 * random.nextGaussian());
            }
            b.set(values);
        }
        List<NDArray> result = adapter.merged(scope);
        for (int i = 0; i < result.size(); i++) {
            merged.weights().get(i).set(result.get(i).toFloatArray());
        }
        adapter.requiringGradients();
        merged.requiringGradients();

        // When
        double adapted = loss(decoder, "adapted_language", adapter.arguments());
        double plain = loss(merged, "language", (Object) merged.weightArray());

        // Then
        assertThat(adapted).isCloseTo(plain, offset(1e-5));
        double scale = SETTINGS.alpha() / SETTINGS.rank();
        for (int pair = 0; pair < 4; pair++) {
            int layer = pair % 2;
            boolean k = pair < 2;
            int width = k ? HIDDEN : 24;
            int slot = layer * LlamaWeights.PER_LAYER + (k ? 1 : 5);
            int first = k ? HIDDEN : 0;
            int count = k ? K_ROWS : HIDDEN;
            double[][] a = rows(pairs.get(pair).toFloatArray(), width);
            double[][] b = rows(pairs.get(4 + pair).toFloatArray(), SETTINGS.rank());
            double[][] all = rows(merged.weights().get(slot).getGradient().toFloatArray(), width);
            double[][] g = java.util.Arrays.copyOfRange(all, first, first + count);
            assertThat(pairs.get(pair).getGradient().toFloatArray())
                    .containsExactly(flat(times(scale, transposed(b), g)), offset(1e-5f));
            assertThat(pairs.get(4 + pair).getGradient().toFloatArray())
                    .containsExactly(flat(times(scale, g, transposed(a))), offset(1e-5f));
            // and what was merged is W + scale B A in these rows
            double[][] before = rows(decoder.weights().get(slot).toFloatArray(), width);
            double[][] delta = times(scale, b, a);
            for (int i = 0; i < before.length; i++) {
                for (int j = 0; j < width; j++) {
                    boolean inside = i >= first && i < first + count;
                    before[i][j] += inside ? delta[i - first][j] : 0;
                }
            }
            assertThat(result.get(slot).toFloatArray()).containsExactly(flat(before), offset(1e-5f));
        }
    }

    @Test
    void shouldBeginAtTheDecoderItself() {
        // When
        List<NDArray> result = adapter.merged(scope);

        // Then
        for (int i = 0; i < result.size(); i++) {
            assertThat(result.get(i).toFloatArray())
                    .isEqualTo(decoder.weights().get(i).toFloatArray());
        }
    }

    @Test
    void shouldRefuseATargetThatTheBaseLacks() {
        LoraSettings settings = new LoraSettings(2, 4, List.of("q_proj", "c_attn"));
        assertThatThrownBy(() -> new LoraAdapter(scope, decoder, PLAN, settings, 1))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("c_attn");
        assertThatThrownBy(() -> new LoraSettings(0, 4, List.of("q_proj"))).hasMessageContaining("rank");
    }
}
