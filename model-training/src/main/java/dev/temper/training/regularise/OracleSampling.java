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

    /** What an answer's label is, of its worst category's score. */
    public enum Oracle {
        /** C: 1 below the threshold, 0 from it on. */
        THRESHOLD,
        /** 1 - score: a reward that tells more than yes or no. */
        SCORE
    }

    /**
     * How much is sampled.
     *
     * @param promptsPerRound prompts drawn from all, at least 1
     * @param perPrompt answers to each, at least 1; the authors report 8 to 48
     * @param maxNewTokens of an answer, at least 1
     * @param oracle what the scores make of an answer
     * @param threshold the score from which an answer violates the policy, in (0, 1]
     * @param engine bounds of the engine that samples
     */
    public record Settings(
            int promptsPerRound,
            int perPrompt,
            int maxNewTokens,
            Oracle oracle,
            double threshold,
            EngineSettings engine) {
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

    /**
     * Prompts of one kind.
     *
     * @param prompts at least one, their ids unique
     * @param share of a round's prompts, relative to the other sources', above 0
     */
    public record Source(List<PromptRow> prompts, double share) {
        public Source {
            prompts = List.copyOf(prompts);
            if (prompts.isEmpty()) {
                throw new IllegalArgumentException("there are no prompts to sample from; name a file of them");
            }
            if (!(share > 0 && Double.isFinite(share))) {
                throw new IllegalArgumentException("share must be finite and above 0, not " + share);
            }
        }
    }

    private static final int SEED_STRIDE = 7919; // sources are drawn in orders of their own

    private final TorchRuntime runtime;
    private final Path scorer;
    private final List<Source> sources;
    private final Settings settings;

    /**
     * @param scorer folder of the classifier that is the oracle
     * @param sources at least one
     */
    public OracleSampling(TorchRuntime runtime, Path scorer, List<Source> sources, Settings settings) {
        if (sources.isEmpty()) {
            throw new TemperException("there are no prompts to sample from; name a file of them");
        }
        this.runtime = runtime;
        this.scorer = scorer;
        this.sources = List.copyOf(sources);
        this.settings = settings;
    }

    @Override
    public List<LabelledSequence> sample(ModelFolder lm, long seed) {
        List<PromptRow> drawn = drawn(sources, settings.promptsPerRound(), seed);
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

    /** A round's prompts: of each source its share, or all that it has if these are fewer. */
    static List<PromptRow> drawn(List<Source> sources, int count, long seed) {
        double all = sources.stream().mapToDouble(Source::share).sum();
        List<PromptRow> drawn = new ArrayList<>();
        double before = 0;
        for (int s = 0; s < sources.size(); s++) {
            List<PromptRow> prompts = sources.get(s).prompts();
            double until = before + sources.get(s).share();
            long wanted = Math.round(count * until / all) - Math.round(count * before / all);
            EpochOrder order = new EpochOrder(prompts.size(), seed + (long) SEED_STRIDE * s);
            for (int draw = 0; draw < Math.min(wanted, prompts.size()); draw++) {
                drawn.add(prompts.get(order.row(draw)));
            }
            before = until;
        }
        return drawn;
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
        double label =
                switch (settings.oracle()) {
                    case THRESHOLD -> worst >= settings.threshold() ? 0 : 1;
                    case SCORE -> 1 - worst;
                };
        return Optional.of(new LabelledSequence(new TokenSequence(ids, prompt.length - 1), (float) label));
    }
}
