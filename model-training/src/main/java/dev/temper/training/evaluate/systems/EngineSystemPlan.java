package dev.temper.training.evaluate.systems;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.training.data.WordFile;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model in the engine that serves: plain, guided by a subspace (SASA), kept from words, or all of it.
 *
 * @param model folder of the language model
 * @param subspace file of the subspace that guides; needed for any beta but 0
 * @param beta strength of guidance, at least 0; 0 is none
 * @param mode what beta multiplies
 * @param maxCandidates most candidates of one token that guidance looks at
 * @param badWords list of texts that are never generated, see {@link WordFile}
 * @param decoding settings that go before the suite's
 */
public record EngineSystemPlan(
        Path model,
        @Nullable Path subspace,
        double beta,
        Mode mode,
        int maxCandidates,
        @Nullable Path badWords,
        DecodingOverride decoding)
        implements SystemPlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS =
            Map.of("beta", 0, "mode", "raw", "max_candidates", 64, "decoding", Map.of());

    public EngineSystemPlan {
        if (model == null) {
            throw new IllegalArgumentException("model must name the folder of a language model");
        }
        if (!(beta >= 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be a finite number of at least 0, not " + beta);
        }
        if (beta > 0 && subspace == null) {
            throw new IllegalArgumentException("beta needs a subspace that guides; name its file");
        }
        if (maxCandidates < 2) {
            throw new IllegalArgumentException("max_candidates must be at least 2, not " + maxCandidates);
        }
        decoding.over(DecodingParameters.DEFAULT); // refuses what no decoding can have
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        ModelFolder folder = ModelFolder.open(model).require(ModelKind.CAUSAL_LM);
        List<String> words =
                badWords == null ? List.of() : WordFile.read(badWords).words();
        if (words.size() > DecodingParameters.MAX_BAD_WORDS) {
            throw new TemperException("systems." + name + ".bad_words may list " + DecodingParameters.MAX_BAD_WORDS
                    + " texts, not " + words.size());
        }
        return new EngineSystem(folder, this, words, bench);
    }
}
