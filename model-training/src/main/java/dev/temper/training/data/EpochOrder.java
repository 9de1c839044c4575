package dev.temper.training.data;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * The order in which rows are drawn: shuffled anew each epoch, every row once. It follows from the seed alone, so a
 * killed training finds its place by counting. Used by one thread.
 */
public final class EpochOrder {
    private static final long SEED_STRIDE = 1_000_003; // epochs of neighbouring seeds differ

    private final int size;
    private final long seed;
    private int[] order = new int[0];
    private long shuffled = -1;

    /** @param size rows, at least 1 */
    public EpochOrder(int size, long seed) {
        this.size = size;
        this.seed = seed;
    }

    /**
     * The row of a draw.
     *
     * @param draw from 0
     */
    public int row(long draw) {
        long epoch = draw / size;
        if (epoch != shuffled) {
            order = IntStream.range(0, size).toArray();
            Random random = new Random(seed * SEED_STRIDE + epoch);
            for (int i = size - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int kept = order[i];
                order[i] = order[j];
                order[j] = kept;
            }
            shuffled = epoch;
        }
        return order[(int) (draw % size)];
    }
}
