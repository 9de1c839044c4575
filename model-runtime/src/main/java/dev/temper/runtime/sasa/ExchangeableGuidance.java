package dev.temper.runtime.sasa;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.CandidateRule;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Guidance whose subspaces can be exchanged between sequences. The rule has two sides, each with a row for every
 * subspace: sequences that run keep the side that they began with, new ones begin on the current side, and an exchange
 * writes the other side's rows in place. Nothing is compiled or allotted anew.
 *
 * <p>{@link #checked} may be called by any thread, all else by the one that decodes.
 */
public final class ExchangeableGuidance {
    private static final int SIDES = 2;

    private final Map<String, SubspaceVersion> configured;
    private final int hiddenSize;
    private final Side[] sides = new Side[SIDES];
    private int current;
    private NDArray @Nullable [] rule;
    private @Nullable Script script;

    /**
     * What a sequence is guided by from its first token to its last.
     *
     * @param number which of the sides
     * @param subspaces by the name that requests give, in the order of the measures
     */
    public record Side(int number, Map<String, SubspaceVersion> subspaces) {

        /** The names, in the order of {@link #margins}. */
        public List<String> names() {
            return List.copyOf(subspaces.keySet());
        }

        /** Each subspace's hash, by its name. */
        public Map<String, String> hashes() {
            Map<String, String> hashes = new LinkedHashMap<>();
            subspaces.forEach((name, version) -> hashes.put(name, version.hash()));
            return hashes;
        }

        /** One sequence's settings of the rule: the mode, then β of each subspace, which is 0 on the other side. */
        public double[] settings(GuidanceParameters parameters) {
            double[] settings = new double[1 + SIDES * subspaces.size()];
            settings[0] = parameters.mode() == GuidanceParameters.Mode.SOFTMAX ? 1 : 0;
            int at = 1 + number * subspaces.size();
            for (String name : subspaces.keySet()) {
                settings[at++] = parameters.betas().getOrDefault(name, 0.0);
            }
            return settings;
        }

        /** This side's of a token's measures. */
        public double[] margins(double[] measures) {
            int first = number * subspaces.size();
            return java.util.Arrays.copyOfRange(measures, first, first + subspaces.size());
        }
    }

    /** @param configured by the name that requests give; all of one model, whose hidden size this is */
    public ExchangeableGuidance(Map<String, SubspaceVersion> configured, int hiddenSize) {
        this.configured = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(configured));
        this.hiddenSize = hiddenSize;
        for (int side = 0; side < SIDES; side++) {
            sides[side] = new Side(side, this.configured);
        }
    }

    /** What guides until something else is told to. */
    public Map<String, SubspaceVersion> configured() {
        return configured;
    }

    /** The rule; its tensors belong to this manager. */
    public CandidateRule rule(NDManager owner) {
        List<Subspace> rows = new ArrayList<>();
        for (Side side : sides) {
            side.subspaces().values().forEach(version -> rows.add(version.subspace()));
        }
        CandidateRule made = SubspaceGuidance.rule(owner, hiddenSize, rows);
        rule = made.tensors().toArray(new NDArray[0]);
        script = Script.compile(owner, List.of(), "sasa/exchange.py");
        return made;
    }

    /** The side on which new sequences begin. */
    public Side current() {
        return sides[current];
    }

    /**
     * What shall guide from now on, where it can.
     *
     * @param versions instead of the configured ones of these names
     * @throws TemperException if a name is not configured, or a subspace is not of this model
     */
    public Map<String, SubspaceVersion> checked(Map<String, SubspaceVersion> versions) {
        Map<String, SubspaceVersion> all = new LinkedHashMap<>(configured);
        versions.forEach((name, version) -> {
            SubspaceVersion own = configured.get(name);
            if (own == null) {
                throw new TemperException("no subspace named " + name + " is configured");
            }
            if (version.subspace().direction().length != hiddenSize
                    || !version.subspace()
                            .provenance()
                            .modelHash()
                            .equals(own.subspace().provenance().modelHash())) {
                throw new TemperException("the subspace for " + name + " is of another model");
            }
            all.put(name, version);
        });
        return all;
    }

    /**
     * Puts these in place of the current ones, unless sequences still run on the side that is not current.
     *
     * @param versions what {@link #checked} gave
     * @param inUse the sides of the sequences that have begun
     * @return whether they are current now
     */
    public boolean exchange(Map<String, SubspaceVersion> versions, Collection<Side> inUse) {
        if (versions.equals(current().subspaces())) {
            return true;
        }
        int other = SIDES - 1 - current;
        if (inUse.stream().anyMatch(side -> side.number() == other)) {
            return false;
        }
        write(other, new Side(other, versions));
        current = other;
        return true;
    }

    private void write(int number, Side side) {
        if (rule == null || script == null) {
            throw new IllegalStateException("there is no rule yet");
        }
        List<Subspace> rows = side.subspaces().values().stream()
                .map(SubspaceVersion::subspace)
                .toList();
        try (NDManager scope = rule[0].getManager().newSubManager()) {
            NDArray directions =
                    scope.create(SubspaceGuidance.directions(rows, hiddenSize), new Shape(rows.size(), hiddenSize));
            NDArray offsets = scope.create(SubspaceGuidance.offsets(rows));
            script.execute("exchange", rule, number * rows.size(), directions, offsets);
        }
        sides[number] = side;
    }
}
