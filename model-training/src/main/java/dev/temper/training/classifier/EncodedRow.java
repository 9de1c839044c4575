package dev.temper.training.classifier;

/**
 * A labelled text as token ids. Prints no ids.
 *
 * @param ids at least one, at most the settings' {@code maxTokens}
 * @param label probability of the toxic label, in [0, 1]
 */
record EncodedRow(int[] ids, float label) {

    /** Rows at or above this label count as toxic where a metric needs two classes. */
    private static final float TOXIC_FROM = 0.5f;

    boolean toxic() {
        return label >= TOXIC_FROM;
    }

    @Override
    public String toString() {
        return "EncodedRow[" + ids.length + " tokens, " + label + "]";
    }
}
