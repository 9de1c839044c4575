package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The weights that a model's text takes, in its order, and the stored tensors that make them up.
 *
 * @param slots what the text takes
 * @param ignorable whole names of stored tensors that the text does not need
 */
public record WeightPlan(List<Slot> slots, List<Pattern> ignorable) {

    /** One weight. */
    public sealed interface Slot {}

    /** What the text does with a weight of two dimensions. */
    public enum Use {
        /** Rows are multiplied with it; stored [out, in]. */
        LINEAR,
        /** Rows are multiplied with it; stored [in, out]. */
        LINEAR_STORED_IN_OUT,
        /** Rows of it are looked up. */
        TABLE
    }

    /**
     * Stored tensors below each other, along dimension 0; mostly one alone. Joining projections that read the same
     * input makes one large product of several small ones.
     */
    public record Stored(List<Part> parts, Use use) implements Slot {
        /** A weight that is multiplied with, if it has two dimensions. */
        public Stored(List<Part> parts) {
            this(parts, Use.LINEAR);
        }

        public Stored {
            parts = List.copyOf(parts);
            List<Long> inner = parts.get(0).innerShape();
            if (!parts.stream().allMatch(part -> part.innerShape().equals(inner))) {
                throw new IllegalArgumentException("parts of one weight must agree in all but their first dimension");
            }
        }

        /** Shape of the whole. */
        public List<Long> shape() {
            List<Long> shape = new ArrayList<>();
            shape.add(parts.stream().mapToLong(Part::rows).sum());
            shape.addAll(parts.get(0).innerShape());
            return shape;
        }
    }

    /** The same array as an earlier slot. */
    public record Shared(int slot) implements Slot {}

    /** A stored tensor: name and shape, at least one dimension. */
    public record Part(String name, List<Long> shape) {
        public Part {
            shape = List.copyOf(shape);
            if (shape.isEmpty() || shape.stream().anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException("weight " + name + " cannot have shape " + shape);
            }
        }

        /** A tensor of this name and shape. */
        public static Part of(String name, long... shape) {
            return new Part(name, java.util.Arrays.stream(shape).boxed().toList());
        }

        /** Size of dimension 0. */
        public long rows() {
            return shape.get(0);
        }

        /** Elements of one row. */
        public long rowElements() {
            return innerShape().stream().reduce(1L, Math::multiplyExact);
        }

        List<Long> innerShape() {
            return shape.subList(1, shape.size());
        }
    }

    public WeightPlan {
        slots = List.copyOf(slots);
        ignorable = List.copyOf(ignorable);
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i) instanceof Shared shared
                    && (shared.slot() < 0 || shared.slot() >= i || slots.get(shared.slot()) instanceof Shared)) {
                throw new IllegalArgumentException("slot " + i + " shares what is not an earlier stored weight");
            }
        }
    }

    /** All stored tensors, in the order of the slots. */
    public List<Part> parts() {
        return slots.stream()
                .filter(Stored.class::isInstance)
                .flatMap(slot -> ((Stored) slot).parts().stream())
                .toList();
    }

    /** The same plan for files that leave out how names begin. */
    WeightPlan withoutPrefix(String prefix) {
        List<Slot> renamed = new ArrayList<>();
        for (Slot slot : slots) {
            renamed.add(
                    slot instanceof Stored stored
                            ? new Stored(
                                    stored.parts().stream()
                                            .map(part -> new Part(
                                                    part.name().startsWith(prefix)
                                                            ? part.name().substring(prefix.length())
                                                            : part.name(),
                                                    part.shape()))
                                            .toList(),
                                    stored.use())
                            : slot);
        }
        return new WeightPlan(renamed, ignorable);
    }

    /**
     * Checks the stored tensors against this plan, before anything is allocated.
     *
     * @throws TemperException naming what is missing, has another shape, is no floating type, or is not part of the model
     */
    public void check(WeightFiles files) {
        List<String> complaints = new ArrayList<>();
        Set<String> wanted = new HashSet<>();
        for (Part part : parts()) {
            wanted.add(part.name());
            String complaint = files.find(part.name())
                    .map(found -> complaint(part, found.tensor()))
                    .orElse(part.name() + " is missing");
            if (!complaint.isEmpty()) {
                complaints.add(complaint);
            }
        }
        files.names().stream()
                .filter(name -> !wanted.contains(name)
                        && ignorable.stream().noneMatch(p -> p.matcher(name).matches()))
                .forEach(name -> complaints.add(SafetensorsHeader.quoted(name) + " is not part of such a model"));
        if (!complaints.isEmpty()) {
            String shown = String.join("; ", complaints.subList(0, Math.min(5, complaints.size())));
            String more = complaints.size() > 5 ? "; and " + (complaints.size() - 5) + " more" : "";
            throw new TemperException("the weights in " + files.folder() + " do not fit config.json: " + shown + more
                    + "; fetch config.json and weights of the same model");
        }
    }

    private static String complaint(Part part, Safetensors.Tensor found) {
        if (!found.type().isFloating()) {
            return part.name() + " is of type " + found.type().safetensorsName() + ", not floating";
        }
        if (!found.shape().equals(part.shape())) {
            return part.name() + " has shape " + found.shape() + ", but config.json says " + part.shape();
        }
        return "";
    }
}
