package dev.temper.runtime.lm;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.lm.WeightPlan.Use;
import dev.temper.runtime.torch.Script;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the weights that rows are multiplied with into the order in which oneDNN's products read them. On a CPU a decoding
 * step is bound by reading weights, and for few rows these products come closest to the memory's speed
 * (docs/benchmarks.md, "What was tried"). Packed weights serve inference only.
 */
final class WeightPacking {
    private final Script script;
    private final NDManager owner;
    private final boolean int8;
    private final NDArray[] packed; // the weights, then scales in the opposite order (linear.py)

    private WeightPacking(NDManager owner, NDManager scope, NDArray[] weights, boolean int8) {
        this.owner = owner;
        this.int8 = int8;
        this.packed = Arrays.copyOf(weights, int8 ? 2 * weights.length : weights.length);
        if (int8) {
            Arrays.fill(packed, weights.length, packed.length, owner.zeros(new Shape(0)));
        }
        this.script = Script.compile(scope, List.of("lm/linear.py"), "lm/packing.py");
    }

    /**
     * Packs what can be packed. An array that is replaced is closed, unless rows of it are looked up, too: a tied output
     * layer then takes memory of its own.
     *
     * @param owner owns the weights, and will own the packed ones
     * @param weights in the order of the plan, of one type: that which {@code type} computes in
     * @param type INT8 rounds each output's weights to 8 bits by their largest (symmetric)
     * @return what the family's text takes
     * @throws TemperException if this device has no exact products of int8 weights
     */
    static NDArray[] pack(NDManager owner, WeightPlan plan, NDArray[] weights, ElementType type) {
        boolean int8 = type == ElementType.INT8;
        if (owner.getDevice().isGpu() && !int8) {
            return weights;
        }
        try (NDManager scope = owner.newSubManager()) {
            WeightPacking packing = new WeightPacking(owner, scope, weights, int8);
            if (owner.getDevice().isGpu() || !packing.works(scope, type.computed())) {
                if (int8) {
                    throw new TemperException(
                            "int8 weights need a CPU with AVX-512 VNNI or AVX-VNNI; use float32 or" + " bfloat16 here");
                }
                return weights;
            }
            packing.pack(plan.slots(), weights);
            return packing.packed;
        }
    }

    /**
     * Whether this processor has such products: some types need newer instructions, and without those for int8 the sums
     * of large values saturate.
     */
    private boolean works(NDManager scope, ElementType type) {
        try {
            NDArray ones = script.call(scope, "ones", type.torchCode()); // [16, 64]
            NDArray[] w = int8
                    ? script.callAll(scope, "quantise", ones, false).toArray(new NDArray[0])
                    : new NDArray[] {script.call(scope, "pack", ones, false)};
            NDArray products = script.call(scope, "apply", ones, w);
            return type != ElementType.FLOAT32
                    || Math.abs(products.min().getFloat() - 64) < 1e-3
                            && Math.abs(products.max().getFloat() - 64) < 1e-3;
        } catch (EngineException e) {
            return false;
        }
    }

    private void pack(List<Slot> slots, NDArray[] weights) {
        for (int i = 0; i < weights.length; i++) {
            if (slots.get(i) instanceof Stored stored && isMatrix(stored) && stored.use() != Use.TABLE) {
                pack(i, weights[i], stored.use() == Use.LINEAR_STORED_IN_OUT);
                weights[i].close();
            } else if (slots.get(i) instanceof Shared shared
                    && slots.get(shared.slot()) instanceof Stored stored
                    && stored.use() == Use.TABLE) {
                pack(i, weights[shared.slot()], false);
            }
        }
    }

    private void pack(int i, NDArray weight, boolean storedInOut) {
        if (int8) {
            NDList quantised = script.callAll(owner, "quantise", weight, storedInOut);
            packed[i] = quantised.get(0);
            packed[packed.length - 1 - i] = quantised.get(1);
        } else {
            packed[i] = script.call(owner, "pack", weight, storedInOut);
        }
    }

    private static boolean isMatrix(Stored stored) {
        return stored.shape().size() == 2;
    }
}
