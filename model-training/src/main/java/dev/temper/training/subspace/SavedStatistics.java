package dev.temper.training.subspace;

import dev.temper.runtime.sasa.SubspaceSums;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a subspace was fitted from, and how its texts were read: with these, more rows can be added later, and the sum
 * gives the boundary that all rows together would have given.
 *
 * @param settings how texts are read; rows that are added must be read alike
 * @param modelId folder name of the model whose states were counted
 * @param modelHash SHA-256 of that model's weights
 * @param verdicts flagged events whose verdicts are in the sums, by event id; true = toxic
 */
public record SavedStatistics(
        SubspaceSums sums, SubspaceSettings settings, String modelId, String modelHash, Map<String, Boolean> verdicts) {
    public SavedStatistics {
        verdicts = Collections.unmodifiableMap(new TreeMap<>(verdicts));
    }
}
