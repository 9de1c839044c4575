package dev.temper.runtime.sasa;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.decode.CandidateRule;
import java.util.List;

/**
 * Subspaces as the rule of a decoding loop: each candidate is measured by its margins, and p*(j) ∝ p(j)·exp(β·v_j)
 * (Ko et al., ICLR 2025, Proposition 1).
 */
public final class SubspaceGuidance {
    private final List<Subspace> subspaces;

    public SubspaceGuidance(List<Subspace> subspaces) {
        this.subspaces = List.copyOf(subspaces);
        long names = subspaces.stream().map(Subspace::name).distinct().count();
        if (names != subspaces.size()) {
            throw new IllegalArgumentException("two subspaces have the same name");
        }
    }

    /** The subspaces' names, in the order of the measures. */
    public List<String> names() {
        return subspaces.stream().map(Subspace::name).toList();
    }

    /** The rule; its tensors belong to this manager. */
    public CandidateRule rule(NDManager owner, int hiddenSize) {
        float[] directions = new float[subspaces.size() * hiddenSize];
        float[] offsets = new float[subspaces.size()];
        for (int a = 0; a < offsets.length; a++) {
            double[] w = subspaces.get(a).direction();
            for (int i = 0; i < hiddenSize; i++) {
                directions[a * hiddenSize + i] = (float) w[i];
            }
            offsets[a] = (float) subspaces.get(a).offset();
        }
        return new CandidateRule(
                "sasa/guidance.py",
                List.of(
                        offsets.length == 0
                                ? owner.zeros(new Shape(0, hiddenSize), DataType.FLOAT32)
                                : owner.create(directions, new Shape(offsets.length, hiddenSize)),
                        offsets.length == 0 ? owner.zeros(new Shape(0), DataType.FLOAT32) : owner.create(offsets)),
                offsets.length,
                1 + offsets.length);
    }

    /** One sequence's settings of the rule: the mode, then β of each subspace, 0 where none is asked for. */
    public double[] settings(GuidanceParameters parameters) {
        double[] settings = new double[1 + subspaces.size()];
        settings[0] = parameters.mode() == GuidanceParameters.Mode.SOFTMAX ? 1 : 0;
        for (int a = 0; a < subspaces.size(); a++) {
            settings[1 + a] = parameters.betas().getOrDefault(subspaces.get(a).name(), 0.0);
        }
        return settings;
    }
}
