package dev.temper.runtime.lm;

/** What the checkpoint of a folder was made for, by {@code architectures} of its {@code config.json}. */
public enum ModelKind {
    /** Predicts the next token. */
    CAUSAL_LM,
    /** Gives a text scores for labels. */
    SEQUENCE_CLASSIFICATION
}
