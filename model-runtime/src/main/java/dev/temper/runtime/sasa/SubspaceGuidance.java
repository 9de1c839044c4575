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
        return rule(owner, hiddenSize, subspaces);
    }

    /** A rule that measures by each of these rows. */
    static CandidateRule rule(NDManager owner, int hiddenSize, List<Subspace> rows) {
        int count = rows.size();
        return new CandidateRule(
                "sasa/guidance.py",
                List.of(
                        count == 0
                                ? owner.zeros(new Shape(0, hiddenSize), DataType.FLOAT32)
                                : owner.create(directions(rows, hiddenSize), new Shape(count, hiddenSize)),
                        count == 0 ? owner.zeros(new Shape(0), DataType.FLOAT32) : owner.create(offsets(rows))),
                count,
                1 + count);
    }

    /** w of each row, [rows, hidden]. */
    static float[] directions(List<Subspace> rows, int hiddenSize) {
        float[] directions = new float[rows.size() * hiddenSize];
        for (int a = 0; a < rows.size(); a++) {
            double[] w = rows.get(a).direction();
            for (int i = 0; i < hiddenSize; i++) {
                directions[a * hiddenSize + i] = (float) w[i];
            }
        }
        return directions;
    }

    /** b of each row. */
    static float[] offsets(List<Subspace> rows) {
        float[] offsets = new float[rows.size()];
        for (int a = 0; a < offsets.length; a++) {
            offsets[a] = (float) rows.get(a).offset();
        }
        return offsets;
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
