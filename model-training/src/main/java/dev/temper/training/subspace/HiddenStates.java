package dev.temper.training.subspace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads texts of like length together and hands over the final hidden states that count. Used by one thread. */
final class HiddenStates {
    /** Tokens, padding included, that are read in one go: bounds memory, and is enough to fill a device. */
    private static final int TOKENS_AT_ONCE = 4096;

    private final CausalLm model;
    private final Script script;
    private final boolean everyToken;

    /** Takes the states of some texts. */
    interface Consumer {
        /**
         * @param owner owns the states; they end with the call
         * @param texts what was read
         * @param states [N, hidden] float32: for each text in turn its counted positions, the last one last
         * @param counts how many of the N each text has
         */
        void accept(NDManager owner, List<EmbeddedText> texts, NDArray states, int[] counts);
    }

    HiddenStates(CausalLm model, NDManager owner, boolean everyToken) {
        this.model = model;
        this.script = Script.compile(owner, List.of(), "training/gather.py");
        this.everyToken = everyToken;
    }

    /** Reads the texts, in an order of its own, some at a time. */
    void read(List<EmbeddedText> texts, Consumer consumer) {
        List<EmbeddedText> sorted = new ArrayList<>(texts);
        sorted.sort(Comparator.comparingInt(text -> text.ids().length));
        for (int from = 0; from < sorted.size(); ) {
            int to = from + 1;
            while (to < sorted.size() && (to + 1 - from) * sorted.get(to).ids().length <= TOKENS_AT_ONCE) {
                to++;
            }
            readTogether(sorted.subList(from, to), consumer);
            from = to;
        }
    }

    /** Some rows of states, [rows, hidden]. */
    NDArray select(NDManager owner, NDArray states, List<Integer> rows) {
        long[] chosen = rows.stream().mapToLong(Integer::longValue).toArray();
        return script.call(owner, "select", states, owner.create(chosen));
    }

    private void readTogether(List<EmbeddedText> texts, Consumer consumer) {
        int time = texts.get(texts.size() - 1).ids().length; // the longest: they are sorted
        long[] ids = new long[texts.size() * time];
        int[] counts = new int[texts.size()];
        List<Long> rows = new ArrayList<>();
        for (int t = 0; t < texts.size(); t++) {
            int[] text = texts.get(t).ids();
            for (int i = 0; i < text.length; i++) {
                ids[t * time + i] = text[i]; // right-padded with 0: attention is causal
            }
            int first = texts.get(t).firstCounted(everyToken);
            counts[t] = text.length - first;
            for (int position = first; position < text.length; position++) {
                rows.add((long) t * time + position);
            }
        }
        try (NDManager scope = model.newScope()) {
            NDArray hidden = model.hidden(scope, scope.create(ids, new Shape(texts.size(), time)));
            NDArray chosen =
                    scope.create(rows.stream().mapToLong(Long::longValue).toArray());
            consumer.accept(scope, texts, script.call(scope, "gather", hidden, chosen), counts);
        }
    }
}
