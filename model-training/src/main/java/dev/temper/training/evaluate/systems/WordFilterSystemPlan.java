package dev.temper.training.evaluate.systems;

import dev.temper.training.baseline.Baseline;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model under {@link Baseline.WordFilter}.
 *
 * @param model folder of the language model
 * @param words file of the list
 * @param decoding settings that go before the suite's
 */
public record WordFilterSystemPlan(Path model, Path words, DecodingOverride decoding) implements SystemPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("decoding", Map.of());

    public WordFilterSystemPlan {
        BaselineSystem.require(model, "model must name the folder of a language model");
        BaselineSystem.require(words, "words must name the file of a list");
    }

    private Baseline baseline() {
        return new Baseline.WordFilter(words);
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        return BaselineSystem.open(model, baseline(), decoding, bench);
    }
}
