package dev.temper.training.evaluate.utility;

import dev.temper.training.likelihood.SpanEncoder.Pair;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A question as a model reads it. {@link #toString()} shows no text.
 *
 * @param group data set or subject that it belongs to
 * @param options context and continuation of each option
 * @param bytes of each option's own text
 * @param answer index of the right one
 */
record ChoiceItem(String id, String group, List<Pair> options, List<Integer> bytes, int answer) {
    ChoiceItem {
        options = List.copyOf(options);
        bytes = List.copyOf(bytes);
        Objects.checkIndex(answer, options.size());
        Objects.checkIndex(options.size() - 1, bytes.size());
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return "ChoiceItem[" + id + ", " + options.size() + " options]";
    }
}
