package dev.temper.training.evaluate.utility;

import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.likelihood.SpanLikelihood;
import java.util.Optional;

/** What the suites of this package ask of a system. */
final class Likelihoods {
    private Likelihoods() {}

    /** Why a system cannot be asked; empty if it can. */
    static Optional<String> missing(EvaluatedSystem system) {
        return system.likelihood().isPresent()
                ? Optional.empty()
                : Optional.of("it weighs only the candidates of a nucleus, so a given text has no likelihood under it");
    }

    static SpanLikelihood of(EvaluatedSystem system) {
        return system.likelihood()
                .orElseThrow(() -> new IllegalStateException("a system without likelihoods is not measured here"));
    }
}
