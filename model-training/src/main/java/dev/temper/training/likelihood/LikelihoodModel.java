package dev.temper.training.likelihood;

import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A causal language model that says how likely it finds tokens, unguided. Loads its weights when it is first asked; owns
 * them. Used by one thread.
 */
public final class LikelihoodModel implements SpanLikelihood, AutoCloseable {
    private final ModelFolder folder;
    private final TorchRuntime runtime;
    private final ElementType type;
    private @Nullable CausalLm model;
    private @Nullable SequenceLikelihood likelihood;

    private LikelihoodModel(ModelFolder folder, TorchRuntime runtime, ElementType type) {
        this.folder = folder.require(ModelKind.CAUSAL_LM);
        this.runtime = runtime;
        this.type = type;
    }

    /**
     * Opens a model.
     *
     * @throws dev.temper.runtime.TemperException if the folder is no causal language model
     */
    public static LikelihoodModel open(ModelFolder folder, TorchRuntime runtime, ElementType type) {
        return new LikelihoodModel(folder, runtime, type);
    }

    @Override
    public int maxPositions() {
        return folder.decoder().shape().maxPositions();
    }

    @Override
    public List<TokenLikelihoods> of(List<TokenSpan> spans) {
        if (likelihood == null) {
            model = CausalLm.load(folder, runtime, type, LoadProgress.SILENT);
            likelihood = new SequenceLikelihood(model);
        }
        return likelihood.of(spans);
    }

    @Override
    public void close() {
        if (likelihood != null) {
            likelihood.close();
        }
        if (model != null) {
            model.close();
        }
    }
}
