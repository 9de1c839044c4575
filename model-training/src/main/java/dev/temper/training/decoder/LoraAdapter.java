package dev.temper.training.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.WeightPlan;
import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The pairs (A, B) of a low-rank adaptation, for each targeted projection of a decoder, whose own weights stay as they are.
 * B begins as zeros, so training starts at the decoder itself.
 *
 * <p>Owned by the scope that it was made in; used by one thread.
 */
public final class LoraAdapter {
    private final TrainableDecoder decoder;
    private final NDManager scope;
    private final List<NDArray> a = new ArrayList<>(); // [rank, in] each
    private final List<NDArray> b = new ArrayList<>(); // [out, rank] each
    private final NDArray places; // [pairs, 2]: the weight, and its first row of the projection
    private final NDArray scale; // []

    /**
     * @param scope owns the pairs
     * @param plan of the decoder's weights
     * @param seed of A's first values
     * @throws TemperException if the decoder lacks a targeted projection
     */
    public LoraAdapter(NDManager scope, TrainableDecoder decoder, WeightPlan plan, LoraSettings settings, long seed) {
        this.decoder = decoder;
        this.scope = scope;
        Random random = new Random(seed);
        List<Long> found = new ArrayList<>();
        for (String target : settings.targets()) {
            int before = a.size();
            for (int slot = 0; slot < plan.slots().size(); slot++) {
                addPairs(target, slot, plan.slots().get(slot), settings.rank(), random, found);
            }
            if (a.size() == before) {
                throw new TemperException("lora.targets: the base has no projection " + target
                        + "; name some of those in its checkpoint, q_proj for one");
            }
        }
        this.places = scope.create(found.stream().mapToLong(Long::longValue).toArray(), new Shape(a.size(), 2));
        this.scale = scope.create((float) (settings.alpha() / settings.rank()));
    }

    private void addPairs(String target, int slot, Slot kind, int rank, Random random, List<Long> found) {
        if (!(kind instanceof Stored stored)) {
            return;
        }
        long first = 0;
        for (Part part : stored.parts()) {
            if (part.name().endsWith("." + target + ".weight")) {
                long in = part.rowElements();
                float[] values = new float[Math.toIntExact(rank * in)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (random.nextGaussian() / Math.sqrt(in));
                }
                a.add(scope.create(values, new Shape(rank, in)));
                b.add(scope.zeros(new Shape(part.rows(), rank)));
                found.add((long) slot);
                found.add(first);
            }
            first += part.rows();
        }
    }

    /** From here on the pairs take gradients. */
    public LoraAdapter requiringGradients() {
        trained().forEach(array -> array.setRequiresGradient(true));
        return this;
    }

    /** A and B of all pairs: what an optimiser changes. */
    public List<NDArray> trained() {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    /** The arguments that {@code training/lora.py} takes: weights, A, B, places, scale. */
    public Object[] arguments() {
        return new Object[] {decoder.weightArray(), a.toArray(new NDArray[0]), b.toArray(new NDArray[0]), places, scale
        };
    }

    /** The decoder's weights with what was learnt merged in, in the order of the plan; they belong to the owner. */
    public List<NDArray> merged(NDManager owner) {
        Script script = Script.compile(owner, List.of("training/lora.py"), "training/lora_merge.py");
        return script.callAll(owner, "merged", arguments());
    }
}
