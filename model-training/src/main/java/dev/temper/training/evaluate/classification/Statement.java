package dev.temper.training.evaluate.classification;

import dev.temper.training.likelihood.SpanEncoder.Pair;

/**
 * What a model is shown, and what is judged, to say one class; <code>{text}</code>, in one of the two, stands for the text.
 * In the context: a question about the text, answered by a verbaliser (" yes"). In the continuation: the text itself, given
 * a heading that names the class (the noisy channel, Min et al. 2022), which small models do better.
 */
public record Statement(String context, String continuation) {
    static final String TEXT = "{text}";

    public Statement {
        if (context == null || continuation == null) {
            throw new IllegalArgumentException("a statement needs a context and a continuation");
        }
        if (context.contains(TEXT) == continuation.contains(TEXT)) {
            throw new IllegalArgumentException("either the context or the continuation must have " + TEXT);
        }
    }

    Pair about(String text) {
        return new Pair(context.replace(TEXT, text), continuation.replace(TEXT, text));
    }
}
