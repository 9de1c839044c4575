package dev.temper.runtime.lm;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights of a plan drawn as models are initialised before training (Radford et al. 2019: N(0, 0.02²), norms 1, biases
 * 0), made on the device at once: speed depends on shapes, not on what was learnt.
 */
final class RandomWeights {
    private static final double DEVIATION = 0.02;

    private RandomWeights() {}

    /**
     * Draws them.
     *
     * @param owner will own the weights; its device is where they are made
     * @param seed of the engine's own generator, which is set by this
     */
    static List<NDArray> draw(WeightPlan plan, ElementType type, NDManager owner, long seed) {
        Engine.getEngine("PyTorch").setRandomSeed((int) seed);
        String device = owner.getDevice().isGpu() ? "cuda:" + owner.getDevice().getDeviceId() : "cpu";
        List<NDArray> weights = new ArrayList<>();
        try (NDManager scope = owner.newSubManager()) {
            Script script = Script.compile(scope, List.of(), "lm/weights.py");
            for (Slot slot : plan.slots()) {
                if (slot instanceof Shared shared) {
                    weights.add(weights.get(shared.slot()));
                } else if (slot instanceof Stored stored) {
                    long[] shape =
                            stored.shape().stream().mapToLong(Long::longValue).toArray();
                    NDArray weight = script.call(owner, "allocate", shape, type.torchCode(), device);
                    boolean norm = shape.length == 1 && !isBias(stored);
                    script.execute("randomise", weight, norm ? 1.0 : 0.0, shape.length == 1 ? 0.0 : DEVIATION);
                    weights.add(weight);
                }
            }
        }
        return weights;
    }

    private static boolean isBias(Stored stored) {
        return stored.parts().get(0).name().endsWith("bias");
    }
}
