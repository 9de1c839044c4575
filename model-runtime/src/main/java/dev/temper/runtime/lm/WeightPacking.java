package dev.temper.runtime.lm;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.lm.WeightPlan.Use;
import dev.temper.runtime.torch.Script;
import java.util.List;

/**
 * Puts the weights that rows are multiplied with into the order in which oneDNN's products read them. On a CPU a decoding
 * step is bound by reading weights, and for few rows these products come closest to the memory's speed
 * (docs/benchmarks.md, "What was tried"). Packed weights serve inference only.
 */
final class WeightPacking {
    private final Script script;
    private final NDManager owner;

    private WeightPacking(NDManager owner, NDManager scope) {
        this.owner = owner;
        this.script = Script.compile(scope, List.of("lm/linear.py"), "lm/packing.py");
    }

    /**
     * Packs what can be packed. An array that is replaced is closed, unless rows of it are looked up, too: a tied output
     * layer then takes memory of its own.
     *
     * @param owner owns the weights, and will own the packed ones
     * @param weights in the order of the plan, of one element type; those that are packed are replaced in place
     */
    static void pack(NDManager owner, WeightPlan plan, NDArray[] weights, ElementType type) {
        if (owner.getDevice().isGpu()) {
            return;
        }
        try (NDManager scope = owner.newSubManager()) {
            WeightPacking packing = new WeightPacking(owner, scope);
            if (packing.works(scope, type)) {
                packing.pack(plan.slots(), weights);
            }
        }
    }

    /** Whether this processor has products of packed weights of this type; some types need newer instructions. */
    private boolean works(NDManager scope, ElementType type) {
        try {
            NDArray small = script.call(scope, "ones", type.torchCode());
            script.call(scope, "apply", small, script.call(scope, "pack", small, false));
            return true;
        } catch (EngineException e) {
            return false;
        }
    }

    private void pack(List<Slot> slots, NDArray[] weights) {
        for (int i = 0; i < weights.length; i++) {
            if (slots.get(i) instanceof Stored stored && isMatrix(stored) && stored.use() != Use.TABLE) {
                NDArray ordinary = weights[i];
                weights[i] = script.call(owner, "pack", ordinary, stored.use() == Use.LINEAR_STORED_IN_OUT);
                ordinary.close();
            } else if (slots.get(i) instanceof Shared shared
                    && slots.get(shared.slot()) instanceof Stored stored
                    && stored.use() == Use.TABLE) {
                weights[i] = script.call(owner, "pack", weights[shared.slot()], false);
            }
        }
    }

    private static boolean isMatrix(Stored stored) {
        return stored.shape().size() == 2;
    }
}
