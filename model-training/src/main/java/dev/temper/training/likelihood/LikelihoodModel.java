package dev.temper.training.likelihood;

import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;

/** A causal language model that says how likely it finds tokens, unguided. Owns its weights; used by one thread. */
public final class LikelihoodModel implements SpanLikelihood, AutoCloseable {
    private final CausalLm model;
    private final SequenceLikelihood likelihood;

    private LikelihoodModel(CausalLm model) {
        this.model = model;
        this.likelihood = new SequenceLikelihood(model);
    }

    /**
     * Loads a model.
     *
     * @throws dev.temper.runtime.TemperException if the folder is no causal language model
     */
    public static LikelihoodModel load(ModelFolder folder, TorchRuntime runtime, ElementType type) {
        folder.require(ModelKind.CAUSAL_LM);
        CausalLm model = CausalLm.load(folder, runtime, type, LoadProgress.SILENT);
        try {
            return new LikelihoodModel(model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public int maxPositions() {
        return likelihood.maxPositions();
    }

    @Override
    public List<TokenLikelihoods> of(List<TokenSpan> spans) {
        return likelihood.of(spans);
    }

    @Override
    public void close() {
        likelihood.close();
        model.close();
    }
}
