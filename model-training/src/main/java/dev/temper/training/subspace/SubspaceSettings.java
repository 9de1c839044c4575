package dev.temper.training.subspace;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.sasa.SubspaceStatistics;

/**
 * How a subspace is fitted.
 *
 * @param name how requests will refer to it; lower-case letters, digits, - and _
 * @param rule which rows are toxic
 * @param embedAs in what place the model reads a row's text
 * @param everyToken false: the state of the last token, as published. true: also those of all tokens from the
 *     {@value #FIRST_TOKEN}th of the text on, with the text's label, because guidance measures the state of every
 *     unfinished answer [derived]
 * @param maxTokens most tokens of context and text together, at least 16; texts lose their end, contexts their beginning
 * @param computeType float32, bfloat16 or float16: what the model computes in; take what it is served in
 * @param cutoff share of the covariance's largest eigenvalue below which directions are dropped, in [0, 1)
 */
public record SubspaceSettings(
        String name,
        LabelRule rule,
        EmbedAs embedAs,
        boolean everyToken,
        int maxTokens,
        ElementType computeType,
        double cutoff) {
    public static final String DEFAULT_NAME = "toxicity";
    public static final int DEFAULT_MAX_TOKENS = 192;
    public static final double DEFAULT_CUTOFF = SubspaceStatistics.DEFAULT_CUTOFF;

    /** Before it a text has hardly said anything. */
    static final int FIRST_TOKEN = 4;

    /** In what place the model reads a row's text. */
    public enum EmbedAs {
        /** As running text, the context before it on a line of its own: for models that continue text. */
        PLAIN,
        /**
         * As what the assistant says so far, after the chat template's opening: where guided decoding of a chat model
         * takes its states. The context is the user's message; where a row has none, {@link #GENERIC_USER_MESSAGE}
         * stands in, because an empty message is something that a chat model has never seen.
         */
        RESPONSE
    }

    /** What the user says where a row does not say what its text answers. */
    public static final String GENERIC_USER_MESSAGE = "What do you think?";

    public SubspaceSettings {
        require(
                name.matches("[a-z0-9][a-z0-9_-]{0,62}"),
                "name must be lower-case letters, digits, - and _, not '" + name + "'");
        require(maxTokens >= 16, "max-tokens must be at least 16, not " + maxTokens);
        require(
                computeType.isComputed(),
                "precision must be float32, bfloat16 or float16, not " + computeType.torchName());
        require(cutoff >= 0 && cutoff < 1, "cutoff must be in [0, 1), not " + cutoff);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
