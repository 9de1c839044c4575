package dev.temper.training.evaluate.systems;

import dev.temper.training.baseline.Baseline;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model under {@link Baseline.Nado}.
 *
 * @param model folder of the language model
 * @param auxiliary folder of R
 * @param delta δ, in (0, 1]
 * @param decoding settings that go before the suite's
 */
public record NadoSystemPlan(Path model, Path auxiliary, double delta, DecodingOverride decoding)
        implements SystemPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("delta", 1, "decoding", Map.of());

    public NadoSystemPlan {
        BaselineSystem.require(model, "model must name the folder of a language model");
        BaselineSystem.require(auxiliary, "auxiliary must name the folder of an auxiliary model");
        new Baseline.Nado(auxiliary, delta); // has checks of its own
    }

    private Baseline baseline() {
        return new Baseline.Nado(auxiliary, delta);
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        return BaselineSystem.open(model, baseline(), decoding, bench);
    }
}
