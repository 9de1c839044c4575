package dev.temper.training.evaluate.classification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.EvaluatedSystem;
import java.util.List;
import java.util.Optional;

/** A way to ask a system how toxic texts are. Used by one thread. */
interface RowScorer extends AutoCloseable {

    /** Everything that scores depend on, beside the system. */
    ObjectNode description();

    /** Why a system cannot be asked; empty if it can. */
    Optional<String> inapplicable(EvaluatedSystem system);

    /** A score for each text, higher = more toxic; of any scale. */
    double[] toxicity(EvaluatedSystem system, List<LabelledRow> rows);

    @Override
    default void close() {}
}
