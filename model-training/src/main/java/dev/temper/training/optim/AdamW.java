package dev.temper.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.Script;
import java.util.Arrays;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter, 2019) with clipping by the gradients' global norm, all inside one compiled call: a loop
 * over the weights in Java would cost more than a small model's step.
 *
 * <p>Owns its moments, float32 like the weights; the weights stay the caller's and are changed in place. Matrices decay,
 * vectors (norms, biases) do not. Used by one thread.
 */
public final class AdamW implements AutoCloseable {

    /**
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param epsilon added to the root of the second moment, above 0
     * @param weightDecay share of a matrix that a step at learning rate 1 would take away, at least 0
     * @param maxGradientNorm gradients of a larger global norm are scaled down to it, above 0
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0.01, 1.0);

        public Settings {
            require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), not " + beta1);
            require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1), not " + beta2);
            require(epsilon > 0 && Double.isFinite(epsilon), "epsilon must be above 0, not " + epsilon);
            require(
                    weightDecay >= 0 && Double.isFinite(weightDecay),
                    "weight decay must be at least 0, not " + weightDecay);
            require(maxGradientNorm > 0, "the largest gradient norm must be above 0, not " + maxGradientNorm);
        }

        /** The same with another weight decay. */
        public Settings withWeightDecay(double newWeightDecay) {
            return new Settings(beta1, beta2, epsilon, newWeightDecay, maxGradientNorm);
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }

    private final NDManager manager;
    private final Script script;
    private final Settings settings;
    private final NDArray[] firstMoments;
    private final NDArray[] secondMoments;
    private final NDArray[] steps; // [] each: the fused kernel keeps one count a tensor
    private final Script.Values weightValues;
    private final Script.Values firstValues;
    private final Script.Values secondValues;
    private final Script.Values stepValues;
    private final Script.Values matrices;

    /**
     * @param parent the moments become a part of it
     * @param weights float32 arrays that require gradients
     */
    public AdamW(NDManager parent, List<NDArray> weights, Settings settings) {
        this.manager = parent.newSubManager();
        this.settings = settings;
        this.script = Script.compile(manager, List.of(), "training/adamw.py");
        this.firstMoments = weights.stream().map(w -> zeros(w.getShape())).toArray(NDArray[]::new);
        this.secondMoments = weights.stream().map(w -> zeros(w.getShape())).toArray(NDArray[]::new);
        this.steps = weights.stream().map(w -> zeros(new Shape())).toArray(NDArray[]::new);
        this.weightValues = Script.Values.of(weights.toArray(new NDArray[0]));
        this.firstValues = Script.Values.of(firstMoments);
        this.secondValues = Script.Values.of(secondMoments);
        this.stepValues = Script.Values.of(steps);
        this.matrices = Script.Values.of(
                weights.stream().filter(w -> w.getShape().dimension() > 1).toArray(NDArray[]::new));
    }

    private NDArray zeros(Shape shape) {
        return manager.zeros(shape, DataType.FLOAT32);
    }

    /**
     * Changes the weights by their gradients, and clears these.
     *
     * @return the gradients' global norm before clipping; when it is not finite, nothing was changed but the gradients
     */
    public double step(double learningRate) {
        return script.callForDouble(
                "step",
                weightValues,
                matrices,
                firstValues,
                secondValues,
                stepValues,
                learningRate,
                settings.beta1(),
                settings.beta2(),
                settings.epsilon(),
                settings.weightDecay(),
                settings.maxGradientNorm());
    }

    /** First moments, in the order of the weights. */
    public List<NDArray> firstMoments() {
        return List.of(firstMoments);
    }

    /** Second moments, in the order of the weights. */
    public List<NDArray> secondMoments() {
        return List.of(secondMoments);
    }

    /** Says how many steps the moments have seen, after they were restored from a checkpoint. */
    public void restoreStepCount(long count) {
        Arrays.stream(steps).forEach(step -> step.set(new float[] {count}));
    }

    @Override
    public void close() {
        List.of(weightValues, firstValues, secondValues, stepValues, matrices).forEach(Script.Values::close);
        manager.close();
    }
}
