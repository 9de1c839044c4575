package dev.temper.training.subspace;

/**
 * A row as the model reads it. Prints no ids.
 *
 * @param ids tokens of context and text, at least one of the text
 * @param textStart position of the text's first token
 * @param toxic the side that the row's label puts it on
 * @param heldOut whether the row judges instead of being fitted on
 */
record EmbeddedText(int[] ids, int textStart, boolean toxic, boolean heldOut) {

    /** Positions whose states count: the last one, or with {@code everyToken} all from the text's fourth token on. */
    int firstCounted(boolean everyToken) {
        int last = ids.length - 1;
        return everyToken ? Math.min(last, textStart + SubspaceSettings.FIRST_TOKEN - 1) : last;
    }

    @Override
    public String toString() {
        return "EmbeddedText[" + ids.length + " tokens, " + (toxic ? "toxic" : "non-toxic") + "]";
    }
}
