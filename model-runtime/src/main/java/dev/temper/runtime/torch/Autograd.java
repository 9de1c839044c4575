package dev.temper.runtime.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Gradients of a loss. Unlike the engine's own collector, of which a process can have one at a time, any number of
 * threads may do this at once, each on weights of its own: gradient mode belongs to the thread.
 */
public final class Autograd {
    private Autograd() {}

    /**
     * Computes a loss and adds its gradients to those of the arrays that require them.
     *
     * @param loss runs {@link Script#forwardWithGradients}; gives a scalar, which this method closes
     * @return the loss
     */
    public static double backward(Supplier<NDArray> loss) {
        return backward(loss, 1);
    }

    /**
     * Adds a share of a loss's gradients: what accumulates one step's gradient over several batches.
     *
     * @param share what the gradients are multiplied by
     * @return the loss itself
     */
    public static double backward(Supplier<NDArray> loss, double share) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDArray scalar = loss.get();
                NDManager scope = scalar.getManager().newSubManager();
                NDArray ones = scope.ones(scalar.getShape(), scalar.getDataType());
                NDArray gradient = ones.mul(share)) {
            JniUtils.backward((PtNDArray) scalar, (PtNDArray) gradient, false, false);
            return scalar.toType(ai.djl.ndarray.types.DataType.FLOAT64, false).getDouble();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
