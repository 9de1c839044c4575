package dev.temper.runtime.score;

import java.util.List;
import java.util.Map;

/** Judges finished text. Used by one thread at a time. */
public interface TextScorer {

    /**
     * Scores texts together.
     *
     * @return for each text, category to probability in [0, 1], in the scorer's own order of categories; 0 throughout
     *     for a blank text
     */
    List<Map<String, Double>> score(List<String> texts);

    /** The categories, in the order of {@link #score}. */
    List<String> categories();

    /** Names the scorer in events. */
    String id();

    /** SHA-256 of the scorer's weights, hexadecimal. */
    String hash();
}
