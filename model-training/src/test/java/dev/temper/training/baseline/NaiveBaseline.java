package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The formulas of the baselines over the whole vocabulary, in plain Java and float64, every text read anew for every
 * token. Temperature, top-k and top-p only.
 */
final class NaiveBaseline {
    private static final double OUT = Double.NEGATIVE_INFINITY;

    private NaiveBaseline() {}

    /** The next token, and KL of what it was drawn from ‖ the model's own. */
    record Drawn(int token, double kl) {}

    /** A method that acts on the next token. */
    interface Method {
        Drawn next(int[] text, int promptTokens, DecodingParameters p, double u);
    }

    /** log q over the whole vocabulary. */
    interface Weights {
        double[] logQ(int[] text);
    }

    static Weights nadoWeights(CausalLm lm, CausalLm auxiliary) {
        return text -> {
            double[] logP = logSoftmax(logits(lm, text));
            double[] r = logits(auxiliary, text);
            return logSoftmax(IntStream.range(0, r.length)
                    .mapToDouble(v -> logP[v] + Math.log(sigmoid(r[v])))
                    .toArray());
        };
    }

    static Weights expertWeights(CausalLm lm, CausalLm plus, CausalLm minus, double alpha) {
        return text -> {
            double[] z = logits(lm, text);
            double[] up = logits(plus, text);
            double[] down = logits(minus, text);
            return logSoftmax(IntStream.range(0, z.length)
                    .mapToDouble(v -> z[v] + alpha * (up[v] - down[v]))
                    .toArray());
        };
    }

    static Method nado(CausalLm lm, CausalLm auxiliary, double delta) {
        return (text, promptTokens, p, u) -> {
            double[] z = logits(lm, text);
            double[] r = logits(auxiliary, text);
            int[] prompt = Arrays.copyOf(text, promptTokens);
            double r0 = expected(logits(lm, prompt), logits(auxiliary, prompt));
            double[] logP = logSoftmax(z);
            double[] q = new double[z.length];
            for (int v = 0; v < q.length; v++) {
                double reward = sigmoid(r[v]);
                double value = r0 >= delta ? 1 : delta / r0 * reward + (1 - delta) / (1 - r0) * (1 - reward);
                q[v] = logP[v] + Math.log(value);
            }
            return sample(q, z, p, u);
        };
    }

    private static double expected(double[] z, double[] r) {
        double[] logP = logSoftmax(z);
        return IntStream.range(0, z.length)
                .mapToDouble(v -> Math.exp(logP[v]) * sigmoid(r[v]))
                .sum();
    }

    static Method rad(CausalLm lm, CausalLm reward, double beta, int topK) {
        return (text, promptTokens, p, u) -> {
            int k = p.topK() == 0 ? topK : Math.min(topK, p.topK());
            double[] kept = kept(logits(lm, text), p.with().topK(k).build());
            int[] candidates = falling(kept);
            double[] added = Arrays.stream(candidates)
                    .mapToDouble(v -> {
                        int[] longer = Arrays.copyOf(text, text.length + 1);
                        longer[text.length] = v;
                        return beta * (1 - sigmoid(logits(reward, longer)[0]));
                    })
                    .toArray();
            return choose(kept, candidates, added, u);
        };
    }

    static Method dexperts(CausalLm lm, CausalLm plus, CausalLm minus, double alpha) {
        return (text, promptTokens, p, u) -> {
            double[] kept = kept(logits(lm, text), p);
            int[] candidates = falling(kept);
            double[] up = logits(plus, text);
            double[] down = logits(minus, text);
            double[] added = Arrays.stream(candidates)
                    .mapToDouble(v -> alpha * (up[v] - down[v]))
                    .toArray();
            return choose(kept, candidates, added, u);
        };
    }

    private static Drawn choose(double[] kept, int[] candidates, double[] added, double u) {
        double[] logP =
                logSoftmax(Arrays.stream(candidates).mapToDouble(v -> kept[v]).toArray());
        double[] logQ = logSoftmax(IntStream.range(0, logP.length)
                .mapToDouble(j -> logP[j] + added[j])
                .toArray());
        return new Drawn(candidates[inverseCdf(logQ, u)], kl(logQ, logP));
    }

    /** @param z what is drawn from, under the sampling rules */
    private static Drawn sample(double[] z, double[] own, DecodingParameters p, double u) {
        double[] kept = kept(z, p);
        int[] candidates = falling(kept);
        double[] logQ =
                logSoftmax(Arrays.stream(candidates).mapToDouble(v -> kept[v]).toArray());
        return new Drawn(candidates[inverseCdf(logQ, u)], kl(logSoftmax(z), logSoftmax(own)));
    }

    /** Logits after temperature, top-k and top-p; what is out is -∞. */
    private static double[] kept(double[] logits, DecodingParameters p) {
        double[] z = Arrays.stream(logits).map(v -> v / p.temperature()).toArray();
        int[] order = falling(z);
        for (int i = p.topK() == 0 ? z.length : p.topK(); i < order.length; i++) {
            z[order[i]] = OUT;
        }
        double[] logP = logSoftmax(z);
        double reached = 0;
        for (int v : order) {
            z[v] = reached < p.topP() ? z[v] : OUT;
            reached += Math.exp(logP[v]);
        }
        return z;
    }

    private static int[] falling(double[] z) {
        return IntStream.range(0, z.length)
                .filter(v -> z[v] > OUT)
                .boxed()
                .sorted(Comparator.comparingDouble(v -> -z[v]))
                .mapToInt(v -> v)
                .toArray();
    }

    private static int inverseCdf(double[] logQ, double u) {
        double below = 0;
        for (int j = 0; j < logQ.length; j++) {
            below += Math.exp(logQ[j]);
            if (u < below) {
                return j;
            }
        }
        return logQ.length - 1;
    }

    private static double kl(double[] logQ, double[] logP) {
        return IntStream.range(0, logQ.length)
                .mapToDouble(j -> Math.exp(logQ[j]) * (logQ[j] - logP[j]))
                .sum();
    }

    private static double[] logSoftmax(double[] x) {
        double max = Arrays.stream(x).max().orElseThrow();
        double sum = Arrays.stream(x).map(v -> Math.exp(v - max)).sum();
        return Arrays.stream(x).map(v -> v - max - Math.log(sum)).toArray();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Outputs after a text, all of it read. */
    private static double[] logits(CausalLm lm, int[] text) {
        try (NDManager scope = lm.newScope()) {
            long[] ids = Arrays.stream(text).asLongStream().toArray();
            NDArray hidden = lm.hidden(scope, scope.create(ids, new Shape(1, ids.length)));
            float[] last = hidden.get(new NDIndex("0,-1")).toFloatArray();
            float[] z = lm.logits(scope, scope.create(last, new Shape(1, last.length)))
                    .toFloatArray();
            return IntStream.range(0, z.length).mapToDouble(v -> z[v]).toArray();
        }
    }

    /** A whole answer. */
    static List<Drawn> answer(Method method, int[] prompt, DecodingParameters p, double[] uniforms) {
        java.util.ArrayList<Drawn> drawn = new java.util.ArrayList<>();
        int[] text = prompt;
        for (int i = 0; i < p.maxNewTokens(); i++) {
            Drawn next = method.next(text, prompt.length, p, uniforms[i]);
            drawn.add(next);
            text = Arrays.copyOf(text, text.length + 1);
            text[text.length - 1] = next.token();
        }
        return drawn;
    }
}
