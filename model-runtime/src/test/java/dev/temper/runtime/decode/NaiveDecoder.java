package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.NaiveSampling.Candidate;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.Subspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The formulas of methods.md, computed the slow way: the whole text is read anew for every candidate of every token, and
 * everything after the logits is plain Java in float64. The oracle that the batched decoder is held against.
 */
public final class NaiveDecoder {
    private final CausalLm lm;

    public NaiveDecoder(CausalLm lm) {
        this.lm = lm;
    }

    /**
     * What was generated.
     *
     * @param margins for each token, its margin to each subspace; empty when plain
     * @param kls for each token KL(q‖p) over its candidates; empty when plain
     */
    public record Generated(List<Integer> tokens, List<double[]> margins, List<Double> kls) {}

    /** Generates as many tokens as there are uniforms; guided if any subspace is given. */
    public Generated generate(
            Admission admission,
            List<Subspace> subspaces,
            double[] betas,
            GuidanceParameters.Mode mode,
            double[] uniforms) {
        boolean greedy = admission.decoding().temperature() == 0;
        List<Integer> text =
                Arrays.stream(admission.promptIds()).boxed().collect(Collectors.toCollection(ArrayList::new));
        Generated generated = new Generated(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (double u : uniforms) {
            List<Candidate> candidates = NaiveSampling.candidates(logitsAfter(text), text, admission);
            double[] logP = candidates.stream().mapToDouble(Candidate::logP).toArray();
            int chosen;
            if (subspaces.isEmpty()) {
                chosen = greedy ? 0 : inverseCdf(logP, u);
            } else {
                candidates = candidates.subList(0, Math.min(admission.maxCandidates(), candidates.size()));
                logP = NaiveSampling.logSoftmax(
                        candidates.stream().mapToDouble(Candidate::logP).toArray());
                double[][] margins = margins(text, candidates, subspaces); // [subspace][candidate]
                double[] logQ = logP.clone();
                for (int a = 0; a < betas.length; a++) {
                    double[] v = mode == GuidanceParameters.Mode.RAW
                            ? margins[a]
                            : Arrays.stream(NaiveSampling.logSoftmax(margins[a]))
                                    .map(Math::exp)
                                    .toArray();
                    for (int j = 0; j < logQ.length; j++) {
                        logQ[j] += betas[a] * v[j];
                    }
                }
                logQ = NaiveSampling.logSoftmax(logQ);
                chosen = greedy ? argmax(logQ) : inverseCdf(logQ, u);
                int j = chosen;
                generated
                        .margins()
                        .add(Arrays.stream(margins).mapToDouble(m -> m[j]).toArray());
                double kl = 0;
                for (int i = 0; i < logQ.length; i++) {
                    kl += Math.exp(logQ[i]) * (logQ[i] - logP[i]);
                }
                generated.kls().add(kl);
            }
            text.add(candidates.get(chosen).id());
            generated.tokens().add(candidates.get(chosen).id());
        }
        return generated;
    }

    private float[] lastHidden(List<Integer> text) {
        try (NDManager scope = lm.newScope()) {
            long[] ids = text.stream().mapToLong(Integer::longValue).toArray();
            NDArray hidden = lm.hidden(scope, scope.create(ids, new Shape(1, ids.length)));
            return hidden.get(new NDIndex("0,-1")).toFloatArray();
        }
    }

    private float[] logitsAfter(List<Integer> text) {
        try (NDManager scope = lm.newScope()) {
            float[] h = lastHidden(text);
            return lm.logits(scope, scope.create(h, new Shape(1, h.length))).toFloatArray();
        }
    }

    private double[][] margins(List<Integer> text, List<Candidate> candidates, List<Subspace> subspaces) {
        double[][] margins = new double[subspaces.size()][candidates.size()];
        for (int j = 0; j < candidates.size(); j++) {
            List<Integer> appended = new ArrayList<>(text);
            appended.add(candidates.get(j).id());
            float[] h = lastHidden(appended);
            for (int a = 0; a < subspaces.size(); a++) {
                margins[a][j] = subspaces.get(a).margin(h);
            }
        }
        return margins;
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

    private static int argmax(double[] x) {
        return IntStream.range(0, x.length)
                .boxed()
                .max(Comparator.comparingDouble(i -> x[i]))
                .orElseThrow();
    }
}
