package dev.temper.runtime.lm;

import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.lm.WeightPlan.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the slots of a plan in the order of a family's text. */
final class SlotList {
    private final List<Slot> slots = new ArrayList<>();

    /** One stored tensor. */
    SlotList add(String name, long... shape) {
        slots.add(new Stored(List.of(Part.of(name, shape))));
        return this;
    }

    /** A table whose rows are looked up, by tokens or positions. */
    SlotList table(String name, long... shape) {
        slots.add(new Stored(List.of(Part.of(name, shape)), Use.TABLE));
        return this;
    }

    /** Stored tensors of one shape below each other. */
    SlotList join(List<String> names, long... shape) {
        slots.add(new Stored(names.stream().map(name -> Part.of(name, shape)).toList()));
        return this;
    }

    /** {@code name.weight}, then {@code name.bias}, whose size is given first. */
    SlotList biased(String name, long biasSize, long... shape) {
        return add(name + ".weight", shape).add(name + ".bias", biasSize);
    }

    /** The same of a layer whose weight is stored [in, out]. */
    SlotList biasedStoredInOut(String name, long in, long out) {
        slots.add(new Stored(List.of(Part.of(name + ".weight", in, out)), Use.LINEAR_STORED_IN_OUT));
        return add(name + ".bias", out);
    }

    /** Weight and bias of a layer norm. */
    SlotList norm(String name, long width) {
        return biased(name, width, width);
    }

    /** The output layer: a tensor, or the slot of the embedding. */
    SlotList head(boolean tied, int embedding, String name, long... shape) {
        return tied ? share(embedding) : add(name, shape);
    }

    /** The same array as an earlier slot. */
    SlotList share(int slot) {
        slots.add(new Shared(slot));
        return this;
    }

    int size() {
        return slots.size();
    }

    /** @param ignorable regular expressions of stored names that the text does not need */
    WeightPlan plan(String... ignorable) {
        return new WeightPlan(
                slots,
                Arrays.stream(ignorable).map(java.util.regex.Pattern::compile).toList());
    }
}
