package dev.temper.training.classifier;

import dev.temper.training.data.LabelledRow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A uniform sample of fixed size from a stream of rows, the same for the same seed and stream (Vitter, algorithm R). */
final class ReservoirSample {
    private final int size;
    private final SplittableRandom random;
    private final List<LabelledRow> rows = new ArrayList<>();
    private long seen;

    ReservoirSample(int size, long seed) {
        this.size = size;
        this.random = new SplittableRandom(seed);
    }

    void offer(LabelledRow row) {
        seen++;
        if (rows.size() < size) {
            rows.add(row);
            return;
        }
        long place = random.nextLong(seen);
        if (place < size) {
            rows.set((int) place, row);
        }
    }

    List<LabelledRow> rows() {
        return rows;
    }
}
