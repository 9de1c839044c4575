package dev.temper.runtime.serve;

import dev.temper.runtime.decode.FinishReason;
import java.util.List;
import java.util.Map;

/** What became of a request: exactly one outcome each. Failure is a value here, never an exception. */
public sealed interface GenerationOutcome {

    /** The request's id. */
    String requestId();

    /**
     * An answer, scored.
     *
     * @param text the answer, without the stop string or end token that ended it
     * @param tokenIds the generated tokens, the end token included when there was one
     * @param tokenTexts what each of these tokens added to the text; empty where a character needs several tokens, and
     *     for the end token
     * @param margins for each subspace that guided, the margin of each generated token; signed, above 0 is the
     *     non-toxic side
     * @param subspaceHashes SHA-256 of each subspace that the engine guided by when this answer began, by name; empty
     *     where that is what {@link GenerationEngine#identity()} says
     * @param scores toxicity categories to probabilities in [0, 1], in the scorer's order, NaN where it made none;
     *     empty without a scorer
     */
    record Completed(
            String requestId,
            String text,
            List<Integer> tokenIds,
            List<String> tokenTexts,
            FinishReason finishReason,
            Map<String, List<Double>> margins,
            Map<String, String> subspaceHashes,
            Map<String, Double> scores,
            Usage usage,
            Timings timings)
            implements GenerationOutcome {

        /** One of an engine whose subspaces stay as they are. */
        public Completed(
                String requestId,
                String text,
                List<Integer> tokenIds,
                List<String> tokenTexts,
                FinishReason finishReason,
                Map<String, List<Double>> margins,
                Map<String, Double> scores,
                Usage usage,
                Timings timings) {
            this(requestId, text, tokenIds, tokenTexts, finishReason, margins, Map.of(), scores, usage, timings);
        }

        public Completed {
            tokenIds = List.copyOf(tokenIds);
            tokenTexts = List.copyOf(tokenTexts);
            if (tokenTexts.size() != tokenIds.size()) {
                throw new IllegalArgumentException(tokenIds.size() + " tokens, but the texts of " + tokenTexts.size());
            }
            margins = Map.copyOf(margins);
            subspaceHashes = Map.copyOf(subspaceHashes);
            scores = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(scores));
        }

        @Override
        public String toString() {
            return "Completed[" + requestId + ", " + tokenIds.size() + " tokens, " + finishReason + "]";
        }
    }

    /**
     * No answer.
     *
     * @param detail what went wrong and what to do, free of prompt and output text
     */
    record Failed(String requestId, Reason reason, String detail) implements GenerationOutcome {}

    /** Why there is no answer. */
    enum Reason {
        /** The prompt leaves no room in the context and the request said to reject it. */
        PROMPT_TOO_LONG(false),
        /** The conversation cannot be rendered by the model's chat template. */
        INVALID_PROMPT(false),
        /** A parameter asks for what this engine does not have, an unknown subspace for one. */
        INVALID_PARAMETERS(false),
        /** The model produced a NaN or infinite logit. */
        NON_FINITE_LOGITS(true),
        /** The device or its library failed. */
        DEVICE_ERROR(true),
        /** The engine was closed before the request was answered. */
        ENGINE_CLOSED(true),
        /** {@link GenerationEngine#cancel} was called: whoever asked does not want the answer any more. */
        CANCELLED(false),
        /** {@link GenerationRequest#timeLimit()} passed: whoever asked has no time left for another try of this one. */
        DEADLINE_EXCEEDED(false);

        private final boolean retriable;

        Reason(boolean retriable) {
            this.retriable = retriable;
        }

        /** Whether the same request is worth trying again: it may succeed, and somebody still wants the answer. */
        public boolean retriable() {
            return retriable;
        }
    }

    /**
     * Token counts.
     *
     * @param promptTokens tokens that the model read, after any truncation
     * @param promptTokensDropped tokens left out by {@link GenerationRequest.PromptOverflow#TRUNCATE_LEFT}
     * @param promptTokensReused of the prompt's tokens those whose keys and values were taken over from another request
     *     that began alike, so that the model did not read them again
     * @param outputTokens tokens generated
     * @param modelPasses decoding passes of the model that this answer took part in, the prompt's not counted
     * @param candidates candidates looked at by guidance, over all tokens; 0 without guidance
     * @param truncatedNuclei tokens whose nucleus was larger than the most candidates and was cut
     * @param meanKl mean over tokens of {@link dev.temper.runtime.decode.Decision#kl}; 0 without guidance
     */
    record Usage(
            int promptTokens,
            int promptTokensDropped,
            int promptTokensReused,
            int outputTokens,
            int modelPasses,
            long candidates,
            int truncatedNuclei,
            double meanKl) {}

    /**
     * Seconds spent waiting for a place, on the prompt, on the answer, and on scoring it.
     *
     * @param firstTokenSeconds from the offer until the first token was decided; a part of the first three
     */
    record Timings(
            double queueSeconds,
            double prefillSeconds,
            double decodeSeconds,
            double scoreSeconds,
            double firstTokenSeconds) {}
}
