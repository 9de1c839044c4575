package dev.temper.training.subspace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.sasa.SubspaceStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the states of texts go: those of texts to fit on into the statistics, the last state of a text that is held out
 * to the states that judge. Used by one thread.
 */
record StateSplit(HiddenStates reader, SubspaceStatistics statistics, HeldOutStates heldOut) {

    /** Reads the texts, in an order of its own. */
    void read(List<EmbeddedText> texts) {
        reader.read(texts, this::take);
    }

    private void take(NDManager owner, List<EmbeddedText> texts, NDArray states, int[] counts) {
        int total = Arrays.stream(counts).sum();
        boolean[] toxic = new boolean[total];
        List<Integer> fitted = new ArrayList<>();
        float[] values = null;
        int width = (int) states.getShape().get(1);
        int at = 0;
        for (int t = 0; t < counts.length; t++) {
            Arrays.fill(toxic, at, at + counts[t], texts.get(t).toxic());
            if (texts.get(t).heldOut()) {
                values = values == null ? states.toFloatArray() : values;
                int last = at + counts[t] - 1;
                heldOut.add(
                        Arrays.copyOfRange(values, last * width, (last + 1) * width),
                        texts.get(t).toxic());
            } else {
                for (int i = at; i < at + counts[t]; i++) {
                    fitted.add(i);
                }
            }
            at += counts[t];
        }
        if (!fitted.isEmpty()) {
            boolean[] fittedToxic = new boolean[fitted.size()];
            for (int i = 0; i < fittedToxic.length; i++) {
                fittedToxic[i] = toxic[fitted.get(i)];
            }
            statistics.add(reader.select(owner, states, fitted), fittedToxic);
        }
    }
}
