package dev.temper.training.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Sequences as tensors.
 *
 * @param ids [batch, time], padded on the right with 0; attention is causal, so padding changes nothing before it
 * @param rows [N], flat positions (of batch * time) before each predicted token, sequence after sequence
 * @param targets [N], the predicted tokens
 * @param owners [N], each row's sequence
 * @param firsts [N], index of the first row of each row's sequence
 */
public record SequenceBatch(NDArray ids, NDArray rows, NDArray targets, int[] owners, int[] firsts) {

    /** @param owner will own the tensors */
    public static SequenceBatch of(NDManager owner, List<TokenSequence> sequences) {
        int time = sequences.stream().mapToInt(s -> s.ids().length).max().orElseThrow();
        int count = sequences.stream().mapToInt(TokenSequence::predicted).sum();
        long[] ids = new long[sequences.size() * time];
        long[] rows = new long[count];
        long[] targets = new long[count];
        int[] owners = new int[count];
        int[] firsts = new int[count];
        int row = 0;
        for (int s = 0; s < sequences.size(); s++) {
            int[] tokens = sequences.get(s).ids();
            int first = row;
            for (int t = 0; t < tokens.length; t++) {
                ids[s * time + t] = tokens[t];
                if (t >= sequences.get(s).start()) {
                    rows[row] = (long) s * time + t - 1;
                    targets[row] = tokens[t];
                    owners[row] = s;
                    firsts[row++] = first;
                }
            }
        }
        return new SequenceBatch(
                owner.create(ids, new Shape(sequences.size(), time)),
                owner.create(rows),
                owner.create(targets),
                owners,
                firsts);
    }
}
