package dev.temper.training.likelihood;

import java.util.List;

/** Whatever gives the next token a distribution: a model, or a model and what steers it. Used by one thread. */
public interface SpanLikelihood {

    /** Most tokens that it reads at once; the last token of a span is not read. */
    int maxPositions();

    /**
     * Judges spans, at temperature 1, over the whole vocabulary.
     *
     * @param spans of at most {@link #maxPositions()} + 1 tokens each
     * @return for each span its likelihoods, in their order
     */
    List<TokenLikelihoods> of(List<TokenSpan> spans);
}
