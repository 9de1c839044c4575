package dev.temper.runtime.lm;

import java.util.Arrays;
import java.util.Optional;

/** Encoders with the same layers; they differ in what they embed, in the head and in the names of their weights. */
public enum EncoderFamily {
    /** Token types; positions from 0; the head's dense layer (the pooler) ends in tanh. */
    BERT("bert", "BertForSequenceClassification"),
    /** Positions count from the padding id; token types are never told apart; the head's dense layer ends in tanh. */
    ROBERTA("roberta", "RobertaForSequenceClassification"),
    /** No token types; positions from 0; the head's dense layer is rectified. */
    DISTILBERT("distilbert", "DistilBertForSequenceClassification");

    private final String modelType;
    private final String architecture;

    EncoderFamily(String modelType, String architecture) {
        this.modelType = modelType;
        this.architecture = architecture;
    }

    /** The family that {@code model_type} of {@code config.json} names. */
    static Optional<EncoderFamily> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    /** {@code model_type} of {@code config.json}. */
    public String modelType() {
        return modelType;
    }

    /** The one entry of {@code architectures} that is supported. */
    public String architecture() {
        return architecture;
    }
}
