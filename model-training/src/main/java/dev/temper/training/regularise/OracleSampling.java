package dev.temper.training.regularise;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.EpochOrder;
import dev.temper.training.data.PromptRow;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.evaluate.PromptSampler;
import dev.temper.training.nado.LabelledSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Samples answers through the engine that serves, unfiltered at temperature 1 as NADO asks, and lets a toxicity scorer be
 * the oracle: C = 1 where no category reaches the threshold.
 */
public final class OracleSampling implements SampleSource {

    /**
     * How much is sampled.
     *
     * @param promptsPerRound prompts drawn from all, at least 1
     * @param perPrompt answers to each, at least 1; the authors report 8 to 48
     * @param maxNewTokens of an answer, at least 1
     * @param threshold the score from which an answer violates the policy, in (0, 1]
     * @param engine bounds of the engine that samples
     */
    public record Settings(
            int promptsPerRound, int perPrompt, int maxNewTokens, double threshold, EngineSettings engine) {
        public Settings {
            require(promptsPerRound >= 1, "prompts_per_round must be at least 1, not " + promptsPerRound);
            require(perPrompt >= 1, "per_prompt must be at least 1, not " + perPrompt);
            require(maxNewTokens >= 1, "max_new_tokens must be at least 1, not " + maxNewTokens);
            require(threshold > 0 && threshold <= 1, "threshold must be in (0, 1], not " + threshold);
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }

    private final TorchRuntime runtime;
    private final Path scorer;
    private final List<PromptRow> prompts;
    private final Settings settings;

    /**
     * @param scorer folder of the classifier that is the oracle
     * @param prompts at least one
     */
    public OracleSampling(TorchRuntime runtime, Path scorer, List<PromptRow> prompts, Settings settings) {
        if (prompts.isEmpty()) {
            throw new TemperException("there are no prompts to sample from; name a file of them");
        }
        this.runtime = runtime;
        this.scorer = scorer;
        this.prompts = List.copyOf(prompts);
        this.settings = settings;
    }

    @Override
    public List<LabelledSequence> sample(ModelFolder lm, long seed) {
        EpochOrder order = new EpochOrder(prompts.size(), seed);
        List<PromptRow> drawn = IntStream.range(0, Math.min(settings.promptsPerRound(), prompts.size()))
                .mapToObj(draw -> prompts.get(order.row(draw)))
                .toList();
        DecodingParameters unfiltered = new DecodingParameters(settings.maxNewTokens(), 1, 0, 1, 1, List.of());
        PromptSampler.Samples samples;
        try (GenerationEngine engine = EngineLoader.load(
                new EngineLoader.Files(lm.path(), Optional.of(scorer), Map.of()),
                runtime,
                ElementType.FLOAT32,
                settings.engine(),
                LoadProgress.SILENT)) {
            samples = new PromptSampler(engine)
                    .sample(drawn, GuidanceParameters.NONE, unfiltered, settings.perPrompt(), seed);
        }
        List<LabelledSequence> labelled = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(lm.path())) {
            PromptEncoder encoder = PromptEncoder.load(lm.path(), tokenizer);
            int room = settings.engine().contextLength() - settings.maxNewTokens();
            for (int p = 0; p < drawn.size(); p++) {
                if (encoder.encodeTruncating(drawn.get(p).prompt(), room) instanceof EncodedPrompt.Fitting prompt) {
                    for (Completed answer : samples.completed().get(p)) {
                        sequence(prompt.ids(), answer).ifPresent(labelled::add);
                    }
                }
            }
        }
        return labelled;
    }

    /** Empty where there is no token before the prompt's last, at which R could start, or no answer. */
    private Optional<LabelledSequence> sequence(int[] prompt, Completed answer) {
        if (prompt.length < 2 || answer.tokenIds().isEmpty()) {
            return Optional.empty();
        }
        int[] ids = IntStream.concat(
                        IntStream.of(prompt), answer.tokenIds().stream().mapToInt(Integer::intValue))
                .toArray();
        double worst = answer.scores().values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        return Optional.of(
                new LabelledSequence(new TokenSequence(ids, prompt.length - 1), worst >= settings.threshold() ? 0 : 1));
    }
}
