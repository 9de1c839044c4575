package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ends of prompts, one row a token, prompt after prompt, as {@code read_chunks} of `decode/prefill.py` takes them.
 *
 * @param ids [R]
 * @param positions [R]
 * @param slots of each prompt
 * @param starts tokens of each prompt that its slot holds already
 * @param counts tokens of each that are read
 * @param last [prompts], the rows of their last tokens
 */
record PromptRows(NDArray ids, NDArray positions, long[] slots, long[] starts, long[] counts, NDArray last) {

    /** One prompt, from {@code start} on. */
    record Part(int[] prompt, int slot, int start) {}

    static PromptRows of(NDManager scope, List<Part> parts) {
        long[] counts =
                parts.stream().mapToLong(p -> p.prompt().length - p.start()).toArray();
        long[] last = new long[counts.length];
        long row = -1;
        for (int i = 0; i < last.length; i++) {
            row += counts[i];
            last[i] = row;
        }
        return new PromptRows(
                scope.create(parts.stream()
                        .flatMapToInt(p -> Arrays.stream(p.prompt(), p.start(), p.prompt().length))
                        .asLongStream()
                        .toArray()),
                scope.create(parts.stream()
                        .flatMapToInt(p -> IntStream.range(p.start(), p.prompt().length))
                        .asLongStream()
                        .toArray()),
                parts.stream().mapToLong(Part::slot).toArray(),
                parts.stream().mapToLong(Part::start).toArray(),
                counts,
                scope.create(last));
    }
}
