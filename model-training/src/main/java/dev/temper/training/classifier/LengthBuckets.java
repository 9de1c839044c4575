package dev.temper.training.classifier;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Batches of rows of similar length, in random order: little padding, and no order that lengths would betray.
 *
 * <p>An epoch's batches follow from the rows, the seed and the epoch's number alone. So the state of the random generator
 * at any step is (seed, step), which is what a checkpoint keeps.
 */
final class LengthBuckets {
    /** Batches that are sorted together: enough for even lengths, few enough that every epoch mixes rows anew. */
    private static final int BATCHES_PER_BUCKET = 64;

    private static final long SEED_STRIDE = 1_000_003; // epochs of neighbouring seeds differ

    private final List<EncodedRow> rows;
    private final int batchSize;
    private final long seed;

    LengthBuckets(List<EncodedRow> rows, int batchSize, long seed) {
        this.rows = rows;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /** Batches of one epoch; one of them may be smaller than the others. */
    int batchesPerEpoch() {
        return (rows.size() + batchSize - 1) / batchSize;
    }

    /** The batches of an epoch, each of at most {@code batchSize} rows, every row in exactly one. */
    List<List<EncodedRow>> epoch(long number) {
        Random random = new Random(seed * SEED_STRIDE + number);
        Integer[] order = new Integer[rows.size()];
        Arrays.setAll(order, i -> i);
        Collections.shuffle(Arrays.asList(order), random);
        int bucket = batchSize * BATCHES_PER_BUCKET;
        List<List<EncodedRow>> batches = new ArrayList<>(batchesPerEpoch());
        for (int start = 0; start < order.length; start += bucket) {
            int end = Math.min(start + bucket, order.length);
            Arrays.sort(
                    order, start, end, Comparator.comparingInt(i -> rows.get(i).ids().length));
            for (int from = start; from < end; from += batchSize) {
                batches.add(Arrays.stream(order, from, Math.min(from + batchSize, end))
                        .map(rows::get)
                        .toList());
            }
        }
        Collections.shuffle(batches, random);
        return batches;
    }
}
