package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Weights on a device, owned by the manager that they were loaded for.
 *
 * @param arrays one for each slot of the plan, in its order; slots that share a weight hold the same array
 * @param bytes bytes read from the files
 * @param seconds time that it took
 */
public record LoadedWeights(List<NDArray> arrays, long bytes, double seconds) {
    public LoadedWeights {
        arrays = List.copyOf(arrays);
    }

    /** Speed of loading, in 10^9 bytes a second. */
    public double gigabytesPerSecond() {
        return bytes / 1e9 / Math.max(seconds, 1e-9);
    }
}
