package dev.temper.training.classifier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Rows as tensors.
 *
 * @param ids [batch, time], padded on the right with 0; attention is causal, so padding changes nothing before it
 * @param last [batch], position of each row's last token
 * @param targets [batch, 2], probabilities of the labels non-toxic and toxic
 */
record TokenBatch(NDArray ids, NDArray last, NDArray targets) {

    static TokenBatch of(NDManager owner, List<EncodedRow> rows) {
        int time = rows.stream().mapToInt(row -> row.ids().length).max().orElseThrow();
        long[] ids = new long[rows.size() * time];
        long[] last = new long[rows.size()];
        float[] targets = new float[2 * rows.size()];
        for (int r = 0; r < rows.size(); r++) {
            EncodedRow row = rows.get(r);
            for (int t = 0; t < row.ids().length; t++) {
                ids[r * time + t] = row.ids()[t];
            }
            last[r] = row.ids().length - 1L;
            targets[2 * r] = 1 - row.label();
            targets[2 * r + 1] = row.label();
        }
        return new TokenBatch(
                owner.create(ids, new Shape(rows.size(), time)),
                owner.create(last),
                owner.create(targets, new Shape(rows.size(), 2)));
    }
}
