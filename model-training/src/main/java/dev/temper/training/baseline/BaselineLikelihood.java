package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.Script;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.likelihood.SequenceLikelihood;
import dev.temper.training.likelihood.SpanLikelihood;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * How likely a baseline finds given tokens, over the whole vocabulary and without sampling rules: NADO's q, and DExperts'
 * softmax(z + α·(z⁺ - z⁻)). Owns its models; used by one thread.
 */
public final class BaselineLikelihood implements SpanLikelihood, AutoCloseable {
    private final List<CausalLm> models;
    private final NDManager manager;
    private final SequenceLikelihood likelihood;

    private BaselineLikelihood(List<CausalLm> models, Baseline baseline) {
        this.models = models;
        this.manager = models.get(0).newScope();
        Script script = Script.compile(
                manager,
                List.of("decode/sampling.py", "training/nado.py", "training/baselines.py"),
                "training/baseline_methods.py");
        this.likelihood = new SequenceLikelihood(
                models.get(0),
                models.subList(1, models.size()),
                (owner, logits, others) -> steered(script, baseline, owner, logits, others));
    }

    static BaselineLikelihood load(
            ModelFolder model,
            List<ModelFolder> companions,
            Baseline baseline,
            TorchRuntime runtime,
            ElementType type) {
        List<CausalLm> models = new ArrayList<>();
        try {
            models.add(CausalLm.load(model, runtime, type, LoadProgress.SILENT));
            for (ModelFolder companion : companions) {
                models.add(CausalLm.load(companion, runtime, type, LoadProgress.SILENT));
            }
            return new BaselineLikelihood(models, baseline);
        } catch (RuntimeException e) {
            models.forEach(CausalLm::close);
            throw e;
        }
    }

    private static NDArray steered(
            Script script, Baseline baseline, NDManager owner, NDArray logits, List<NDArray> others) {
        if (baseline instanceof Baseline.Nado) {
            return script.call(owner, "closest", logits, others.get(0));
        } else if (baseline instanceof Baseline.DExperts experts) {
            return script.call(owner, "ensemble", logits, others.get(0), others.get(1), experts.alpha());
        }
        return logits;
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
        manager.close();
        models.forEach(CausalLm::close);
    }
}
