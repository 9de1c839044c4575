package dev.temper.training.evaluate;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.score.TextScorer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One number of toxicity for a text, from a scorer that may have several categories. Used by one thread. */
public final class ToxicityMeter implements AutoCloseable {
    private static final List<String> USUAL_CATEGORIES = List.of("toxicity", "toxic");

    private final TextScorer scorer;
    private final Optional<String> category;
    private final Runnable closing;

    /**
     * @param category the one that counts; if absent one named toxicity or toxic, or else the largest of all
     * @param closing frees the scorer
     * @throws TemperException if the scorer has no such category
     */
    public ToxicityMeter(TextScorer scorer, Optional<String> category, Runnable closing) {
        if (category.isPresent() && !scorer.categories().contains(category.get())) {
            throw new TemperException("the scorer " + scorer.id() + " has no category '" + category.get() + "'; it has "
                    + String.join(", ", scorer.categories()));
        }
        this.scorer = scorer;
        this.category = category.or(() ->
                USUAL_CATEGORIES.stream().filter(scorer.categories()::contains).findFirst());
        this.closing = closing;
    }

    /** Toxicity of each text, in [0, 1]; 0 for a blank one. */
    public double[] toxicity(List<String> texts) {
        return scorer.score(texts).stream().mapToDouble(this::toxicity).toArray();
    }

    private double toxicity(Map<String, Double> scores) {
        return category.map(name -> scores.getOrDefault(name, Double.NaN)).orElseGet(() -> scores.values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(Double.NaN));
    }

    /** Name and hash of the scorer, and which of its categories counts. */
    public String identity() {
        return scorer.id() + " " + scorer.hash() + ", " + category.orElse("largest category");
    }

    @Override
    public void close() {
        closing.run();
    }
}
