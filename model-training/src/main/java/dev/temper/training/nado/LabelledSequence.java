package dev.temper.training.nado;

import dev.temper.training.decoder.TokenSequence;

/**
 * A sample of the language model and the oracle's word on it.
 *
 * @param sequence prompt and answer; predicted from the prompt's last token on, so that the prompt alone has a value too
 * @param satisfied C: 1 = the answer satisfies the policy, 0 = it does not; between them an oracle's probability
 */
public record LabelledSequence(TokenSequence sequence, float satisfied) {
    public LabelledSequence {
        if (!(satisfied >= 0 && satisfied <= 1)) {
            throw new IllegalArgumentException("the oracle's label must be in [0, 1], not " + satisfied);
        }
    }
}
