package dev.temper.training.regularise;

import dev.temper.training.decoder.TokenSequence;
import java.util.List;

/**
 * A part of the training data, and how it counts. Domains of one training are drawn in equal parts. An adaptive
 * regulariser is one whose λ differs between them: above 0 on text that the policy is about, 0 on general text.
 *
 * @param name for logs and reports
 * @param sequences at least one
 * @param languageWeight weight of the language-model loss of its tokens, at least 0; 0 = only the regulariser learns from it
 * @param lambda weight of the regulariser at its tokens, at least 0
 */
public record Domain(String name, List<TokenSequence> sequences, double languageWeight, double lambda) {
    public Domain {
        sequences = List.copyOf(sequences);
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("domain " + name + " has no text; give it data");
        }
        require(languageWeight, "language_weight", name);
        require(lambda, "lambda", name);
    }

    private static void require(double weight, String what, String name) {
        if (!(weight >= 0 && Double.isFinite(weight))) {
            throw new IllegalArgumentException(
                    what + " of domain " + name + " must be finite and at least 0, not " + weight);
        }
    }
}
