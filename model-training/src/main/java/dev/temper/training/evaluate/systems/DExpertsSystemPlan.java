package dev.temper.training.evaluate.systems;

import dev.temper.training.baseline.Baseline;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model under {@link Baseline.DExperts}.
 *
 * @param model folder of the language model
 * @param expert folder of the expert
 * @param antiExpert folder of the anti-expert
 * @param alpha α, at least 0
 * @param decoding settings that go before the suite's
 */
public record DExpertsSystemPlan(Path model, Path expert, Path antiExpert, double alpha, DecodingOverride decoding)
        implements SystemPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS =
            Map.of("alpha", Baseline.DExperts.DEFAULT_ALPHA, "decoding", Map.of());

    public DExpertsSystemPlan {
        BaselineSystem.require(model, "model must name the folder of a language model");
        BaselineSystem.require(expert, "expert must name the folder of a language model");
        BaselineSystem.require(antiExpert, "anti_expert must name the folder of a language model");
        new Baseline.DExperts(expert, antiExpert, alpha); // has checks of its own
    }

    private Baseline baseline() {
        return new Baseline.DExperts(expert, antiExpert, alpha);
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        return BaselineSystem.open(model, baseline(), decoding, bench);
    }
}
