package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The parts of prompts that one call reads, as `decode/prefill.py` takes them: one row a token, prompt after prompt. */
final class PromptChunks {
    private final List<Chunk> chunks = new ArrayList<>();

    private record Chunk(CachedSequence sequence, int start, int count) {}

    void add(CachedSequence sequence, int count) {
        chunks.add(new Chunk(sequence, sequence.cached(), count));
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    NDArray ids(NDManager scope) {
        return scope.create(chunks.stream()
                .flatMapToInt(c -> IntStream.range(c.start(), c.start() + c.count())
                        .map(t -> c.sequence().admission().promptIds()[t]))
                .asLongStream()
                .toArray());
    }

    NDArray positions(NDManager scope) {
        return scope.create(chunks.stream()
                .flatMapToInt(c -> IntStream.range(c.start(), c.start() + c.count()))
                .asLongStream()
                .toArray());
    }

    long[] slots() {
        return chunks.stream().mapToLong(c -> c.sequence().slot()).toArray();
    }

    long[] starts() {
        return chunks.stream().mapToLong(Chunk::start).toArray();
    }

    long[] counts() {
        return chunks.stream().mapToLong(Chunk::count).toArray();
    }

    /** The rows of the last tokens of those prompts that end here, in this order. */
    NDArray lastRows(NDManager scope, List<CachedSequence> ending) {
        long[] rows = new long[ending.size()];
        long row = -1;
        for (Chunk chunk : chunks) {
            row += chunk.count();
            int place = ending.indexOf(chunk.sequence());
            if (place >= 0) {
                rows[place] = row;
            }
        }
        return scope.create(rows);
    }

    /** All tokens of prompts, [prompts, longest]; padding repeats a token of the row, so that "tokens seen" stays right. */
    static NDArray whole(NDManager scope, List<CachedSequence> sequences) {
        int longest = sequences.stream()
                .mapToInt(s -> s.admission().promptIds().length)
                .max()
                .orElseThrow();
        long[] ids = new long[sequences.size() * longest];
        for (int i = 0; i < sequences.size(); i++) {
            int[] prompt = sequences.get(i).admission().promptIds();
            for (int t = 0; t < longest; t++) {
                ids[i * longest + t] = prompt[t < prompt.length ? t : 0];
            }
        }
        return scope.create(ids, new Shape(sequences.size(), longest));
    }

    /** The cache holds these tokens now. */
    void done() {
        chunks.forEach(c -> c.sequence().cache(c.count()));
    }
}
