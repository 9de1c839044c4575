package dev.temper.runtime.text;

/** What became of a prompt: token ids that fit, or the fact that it does not. */
public sealed interface EncodedPrompt {

    /**
     * A prompt that the model can read.
     *
     * @param ids token ids, at least one, at most as many as were allowed
     * @param droppedTokens how many tokens shorter this is than the whole prompt; 0 when nothing was left out
     * @param droppedMessages messages of the conversation that were left out whole
     */
    record Fitting(int[] ids, int droppedTokens, int droppedMessages) implements EncodedPrompt {
        public Fitting {
            if (droppedTokens < 0 || droppedMessages < 0) {
                throw new IllegalArgumentException("dropped tokens and messages must be at least 0, not "
                        + droppedTokens + ", " + droppedMessages);
            }
        }

        @Override
        public String toString() {
            return "Fitting[" + ids.length + " tokens, " + droppedTokens + " dropped]";
        }
    }

    /**
     * A prompt that does not fit, whole or truncated as far as it may be.
     *
     * @param promptTokens tokens of the whole prompt
     * @param maxPromptTokens tokens that were allowed
     */
    record TooLong(int promptTokens, int maxPromptTokens) implements EncodedPrompt {}
}
