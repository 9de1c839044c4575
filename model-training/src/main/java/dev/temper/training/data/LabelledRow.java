package dev.temper.training.data;

import java.util.Objects;
import java.util.Optional;

/**
 * A text and how toxic it is. {@link #toString()} shows neither text nor context.
 *
 * @param id names the row in its file
 * @param text what the label is about
 * @param label 0 = not toxic, 1 = toxic, between them a degree or a share of annotators
 * @param context what the text answers, if it answers something
 */
public record LabelledRow(String id, String text, double label, Optional<String> context) {
    public LabelledRow {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(context, "context");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the text must not be empty");
        }
        if (!(label >= 0 && label <= 1)) {
            throw new IllegalArgumentException("label must be in [0, 1], not " + label);
        }
    }

    @Override
    public String toString() {
        return "LabelledRow[" + id + ", " + text.length() + " characters, " + label + "]";
    }
}
