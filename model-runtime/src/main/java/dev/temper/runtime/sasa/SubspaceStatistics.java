package dev.temper.runtime.sasa;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.Script;
import java.util.List;

/**
 * What a subspace is fitted from: counts, sums and Gram matrices of both classes' hidden states, in float64. They are
 * sums, so rows arrive in any order and number, and two statistics merge into one.
 *
 * <p>Owns its arrays (two of {@code hidden × hidden} float64); used by one thread.
 */
public final class SubspaceStatistics implements AutoCloseable {
    /**
     * Eigenvalues below this share of the largest are dropped. Layer-norm outputs lie in a hyperplane, so the covariance
     * has rank d-1, and the usual cut-off would divide by rounding noise.
     */
    public static final double DEFAULT_CUTOFF = 1e-10;

    private final NDManager manager;
    private final Script script;
    private final long[] counts = new long[2];
    private final NDArray[] sums = new NDArray[2]; // [hidden] each: non-toxic, toxic
    private final NDArray[] grams = new NDArray[2]; // [hidden, hidden]

    /** Empty statistics on the device of this manager, of which they become a part. */
    public SubspaceStatistics(NDManager parent, int hiddenSize) {
        this.manager = parent.newSubManager();
        this.script = Script.compile(manager, List.of(), "sasa/fit.py");
        for (int c = 0; c < 2; c++) {
            sums[c] = manager.zeros(new Shape(hiddenSize), DataType.FLOAT64);
            grams[c] = manager.zeros(new Shape(hiddenSize, hiddenSize), DataType.FLOAT64);
        }
    }

    /**
     * Adds rows.
     *
     * @param hidden states [N, hidden], float32
     * @param toxic which of the N rows are toxic
     */
    public void add(NDArray hidden, boolean[] toxic) {
        try (NDManager scope = manager.newSubManager()) {
            for (int c = 0; c < 2; c++) {
                boolean[] chosen = new boolean[toxic.length];
                long count = 0;
                for (int i = 0; i < toxic.length; i++) {
                    chosen[i] = toxic[i] == (c == 1);
                    count += chosen[i] ? 1 : 0;
                }
                script.execute("accumulate", hidden, scope.create(chosen), sums[c], grams[c]);
                counts[c] += count;
            }
        }
    }

    /** Adds what another one has counted. */
    public void merge(SubspaceStatistics other) {
        merge(other, 1);
    }

    /** Adds what another one has counted, as if each of its rows had come so many times. */
    public void merge(SubspaceStatistics other, int times) {
        try (NDManager scope = manager.newSubManager()) {
            for (int c = 0; c < 2; c++) {
                counts[c] += times * other.counts[c];
                NDArray sum = other.sums[c].mul(times);
                NDArray gram = other.grams[c].mul(times);
                sum.attach(scope); // products belong to the other one's manager
                gram.attach(scope);
                sums[c].addi(sum);
                grams[c].addi(gram);
            }
        }
    }

    /** Adds what was counted elsewhere, of the same hidden size. */
    public void add(SubspaceSums counted) {
        try (NDManager scope = manager.newSubManager()) {
            for (int c = 0; c < 2; c++) {
                SubspaceSums.Side side = counted.side(c);
                counts[c] += side.count();
                sums[c].addi(scope.create(side.sum()));
                grams[c].addi(scope.create(side.square(), new Shape(side.hidden(), side.hidden())));
            }
        }
    }

    /** A copy of what is counted. */
    public SubspaceSums sums() {
        return new SubspaceSums(side(0), side(1));
    }

    private SubspaceSums.Side side(int c) {
        return SubspaceSums.Side.of(counts[c], sums[c].toDoubleArray(), grams[c].toDoubleArray());
    }

    public long nonToxic() {
        return counts[0];
    }

    public long toxic() {
        return counts[1];
    }

    /**
     * The Bayes-optimal boundary between two Gaussians of one covariance:
     * w = Σ⁺(μ₁-μ₂) / ‖Σ⁺(μ₁-μ₂)‖, c = (μ₁+μ₂)/2.
     *
     * @param cutoff share of the largest eigenvalue below which one is dropped from Σ⁺
     * @throws IllegalStateException if either class has no rows or there are fewer than three in all
     */
    public Boundary fit(double cutoff) {
        if (counts[0] < 1 || counts[1] < 1 || counts[0] + counts[1] < 3) {
            throw new IllegalStateException(
                    "a subspace needs rows of both classes and at least three in all; there are " + counts[0]
                            + " non-toxic and " + counts[1] + " toxic");
        }
        try (NDManager scope = manager.newSubManager()) {
            NDList fitted = script.callAll(
                    scope, "fit", (double) counts[0], sums[0], grams[0], (double) counts[1], sums[1], grams[1], cutoff);
            double[] w = fitted.get(0).toDoubleArray();
            double[] c = fitted.get(1).toDoubleArray();
            double[] eigenvalues = fitted.get(2).toDoubleArray();
            double offset = 0; // b = -w·c
            for (int i = 0; i < w.length; i++) {
                offset -= w[i] * c[i];
            }
            int rank = 0;
            for (double value : eigenvalues) {
                rank += value > cutoff * eigenvalues[eigenvalues.length - 1] ? 1 : 0;
            }
            return new Boundary(w, offset, rank);
        }
    }

    /**
     * A fitted boundary: margin(h) = w·h + offset.
     *
     * @param direction w [hidden], of length 1
     * @param rank eigenvalues that were kept
     */
    public record Boundary(double[] direction, double offset, int rank) {}

    @Override
    public void close() {
        manager.close();
    }
}
