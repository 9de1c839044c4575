package dev.temper.training.evaluate.systems;

import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.score.ToxicityScorer;
import dev.temper.training.evaluate.ScorerPlan;
import dev.temper.training.evaluate.ToxicityMeter;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A classifier of a local folder.
 *
 * @param model folder of the classifier
 * @param category the category that counts; left out, one named toxicity or toxic, or else the largest of all
 */
public record ModelScorerPlan(Path model, @Nullable String category) implements ScorerPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of();

    public ModelScorerPlan {
        if (model == null) {
            throw new IllegalArgumentException("model must name the folder of a classifier");
        }
    }

    @Override
    public ToxicityMeter open(Workbench bench) {
        ToxicityScorer scorer = ToxicityScorer.load(
                ModelFolder.open(model), bench.runtime(), bench.weights().computed(), LoadProgress.SILENT);
        try {
            return new ToxicityMeter(scorer, Optional.ofNullable(category), scorer::close);
        } catch (RuntimeException e) {
            scorer.close();
            throw e;
        }
    }
}
