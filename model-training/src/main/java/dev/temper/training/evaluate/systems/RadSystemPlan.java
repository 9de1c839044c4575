package dev.temper.training.evaluate.systems;

import dev.temper.training.baseline.Baseline;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model under {@link Baseline.Rad}.
 *
 * @param model folder of the language model
 * @param reward folder of the reward model
 * @param beta β, at least 0
 * @param topK candidates of each token
 * @param category the reward model's category that counts; left out, the largest of all
 * @param decoding settings that go before the suite's
 */
public record RadSystemPlan(
        Path model,
        Path reward,
        double beta,
        int topK,
        @Nullable String category,
        DecodingOverride decoding) implements SystemPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS =
            Map.of("top_k", Baseline.Rad.DEFAULT_TOP_K, "decoding", Map.of());

    public RadSystemPlan {
        BaselineSystem.require(model, "model must name the folder of a language model");
        BaselineSystem.require(reward, "reward must name the folder of a classifier");
        new Baseline.Rad(reward, beta, topK, Optional.ofNullable(category)); // has checks of its own
    }

    private Baseline baseline() {
        return new Baseline.Rad(reward, beta, topK, Optional.ofNullable(category));
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        return BaselineSystem.open(model, baseline(), decoding, bench);
    }
}
