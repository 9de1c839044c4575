package dev.temper.runtime.lm;

/** Families that share Llama's architecture, and what sets them apart. */
public enum LlamaVariant {
    LLAMA("llama", "Llama", false),
    /** Attention may be limited to a sliding window. */
    MISTRAL("mistral", "Mistral", false),
    /** The projections to queries, keys and values have biases. */
    QWEN2("qwen2", "Qwen2", true);

    private final String modelType;
    private final String className;
    private final boolean queryKeyValueBias;

    LlamaVariant(String modelType, String className, boolean queryKeyValueBias) {
        this.modelType = modelType;
        this.className = className;
        this.queryKeyValueBias = queryKeyValueBias;
    }

    /** The family as {@code model_type} of {@code config.json} names it. */
    public String modelType() {
        return modelType;
    }

    /** How the names of the reference's classes begin. */
    String className() {
        return className;
    }

    boolean queryKeyValueBias() {
        return queryKeyValueBias;
    }
}
