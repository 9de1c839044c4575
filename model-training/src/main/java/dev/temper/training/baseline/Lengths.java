package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * How many tokens of each sequence of a row of slots are cached.
 *
 * @param array [S], int64
 */
record Lengths(NDArray array, int longest) {
    static Lengths of(NDManager scope, long[] cached) {
        return new Lengths(
                scope.create(cached), (int) Arrays.stream(cached).max().orElseThrow());
    }
}
