package dev.temper.app.config;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.decoder.LoraSettings;
import dev.temper.training.evaluate.PromptSampler;
import dev.temper.training.nado.AuxiliarySettings;
import dev.temper.training.regularise.Algorithm;
import dev.temper.training.regularise.Divergence;
import dev.temper.training.regularise.DomainFiles;
import dev.temper.training.regularise.FineTuneSettings;
import dev.temper.training.regularise.OracleSampling;
import dev.temper.training.regularise.OracleSampling.Oracle;
import dev.temper.training.regularise.RegularisedSettings;
import dev.temper.training.regularise.ReinforceSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code temper fine-tune} reads: one YAML file that says all that a training depends on but the machine.
 *
 * @param base folder of the model that training starts from
 * @param scorer folder of the classifier that is the oracle; may be absent with {@link Algorithm#PLAIN} only
 * @param algorithm sequential, parallel, plain (no regulariser), or reinforce (no domains either)
 * @param iterations rounds of sampling, training the auxiliary model and fine-tuning
 * @param seed of samples and of the order of data
 * @param maxTokens longest training text
 * @param domains what is learnt from, by name
 * @param samples what the auxiliary model, or reinforce, learns from
 */
public record FineTuneRecipe(
        Path base,
        @Nullable Path scorer,
        Algorithm algorithm,
        int iterations,
        long seed,
        int maxTokens,
        Map<String, DomainRecipe> domains,
        SamplesRecipe samples,
        AuxiliaryRecipe auxiliary,
        ReinforceSettings reinforce,
        FineTuneStepsRecipe fineTune) {

    public FineTuneRecipe {
        domains = new LinkedHashMap<>(domains);
        if (algorithm == Algorithm.REINFORCE && !domains.isEmpty()) {
            throw new IllegalArgumentException("domains: reinforce learns from samples alone; leave the domains out");
        }
        if (algorithm != Algorithm.REINFORCE && domains.isEmpty()) {
            throw new IllegalArgumentException("domains must name at least one domain with its files");
        }
        if (maxTokens < 8) {
            throw new IllegalArgumentException("max_tokens must be at least 8, not " + maxTokens);
        }
        if (algorithm != Algorithm.PLAIN && scorer == null) {
            throw new IllegalArgumentException("scorer must name the classifier that is the oracle");
        }
    }

    /** A {@link dev.temper.training.regularise.Domain} before its files are read. */
    public record DomainRecipe(
            List<Path> labelled,
            List<Path> exchanges,
            double lowestLabel,
            double highestLabel,
            List<Path> dialogues,
            List<Path> texts,
            double languageWeight,
            double lambda) {
        static final DomainRecipe DEFAULT = new DomainRecipe(List.of(), List.of(), 0, 1, List.of(), List.of(), 1, 0);

        public DomainFiles files(Path folder) {
            return new DomainFiles(
                    resolved(labelled, folder),
                    resolved(exchanges, folder),
                    lowestLabel,
                    highestLabel,
                    resolved(dialogues, folder),
                    resolved(texts, folder));
        }

        DomainRecipe resolvedAgainst(Path folder) {
            DomainFiles files = files(folder);
            return new DomainRecipe(
                    files.labelled(),
                    files.exchanges(),
                    lowestLabel,
                    highestLabel,
                    files.dialogues(),
                    files.texts(),
                    languageWeight,
                    lambda);
        }
    }

    private static List<Path> resolved(List<Path> files, Path folder) {
        return files.stream().map(folder::resolve).toList();
    }

    /**
     * Files of prompts of one kind.
     *
     * @param share of a round's prompts, relative to the other sources'
     */
    public record PromptsRecipe(List<Path> prompts, TextAs textAs, double share) {
        static final PromptsRecipe DEFAULT = new PromptsRecipe(List.of(), TextAs.PLAIN, 1);
    }

    /**
     * {@link OracleSampling.Settings}, and the files of prompts: of one kind, or sources of several kinds.
     *
     * @param lambda weight of the regulariser on the samples themselves; 0 = only the auxiliary model learns from them
     */
    public record SamplesRecipe(
            List<Path> prompts,
            TextAs textAs,
            List<PromptsRecipe> sources,
            int promptsPerRound,
            int perPrompt,
            int maxNewTokens,
            Oracle oracle,
            double threshold,
            double lambda,
            int maxBatch) {
        static final SamplesRecipe DEFAULT =
                new SamplesRecipe(List.of(), TextAs.PLAIN, List.of(), 500, 8, 20, Oracle.THRESHOLD, 0.5, 0, 32);

        public SamplesRecipe {
            sources = List.copyOf(sources);
            if (!prompts.isEmpty() && !sources.isEmpty()) {
                throw new IllegalArgumentException("give either prompts or sources; a source has prompts of its own");
            }
        }

        /** The kinds of prompts, whichever way they were given. */
        public List<PromptsRecipe> kinds() {
            return sources.isEmpty() && !prompts.isEmpty() ? List.of(new PromptsRecipe(prompts, textAs, 1)) : sources;
        }

        SamplesRecipe resolvedAgainst(Path folder) {
            return new SamplesRecipe(
                    resolved(prompts, folder),
                    textAs,
                    sources.stream()
                            .map(s -> new PromptsRecipe(resolved(s.prompts(), folder), s.textAs(), s.share()))
                            .toList(),
                    promptsPerRound,
                    perPrompt,
                    maxNewTokens,
                    oracle,
                    threshold,
                    lambda,
                    maxBatch);
        }

        /** @param maxPromptTokens room for the prompt */
        public OracleSampling.Settings settings(int maxPromptTokens) {
            EngineSettings engine = EngineSettings.DEFAULT;
            return new OracleSampling.Settings(
                    promptsPerRound,
                    perPrompt,
                    maxNewTokens,
                    oracle,
                    threshold,
                    new EngineSettings(
                            maxBatch,
                            maxPromptTokens + maxNewTokens,
                            PromptSampler.QUEUE,
                            engine.maxCandidates(),
                            engine.prefillTokens()));
        }
    }

    /** {@link AuxiliarySettings}. */
    public record AuxiliaryRecipe(
            int layers, int batchSize, int epochs, double learningRate, double weightDecay, double consistency) {
        static final AuxiliaryRecipe DEFAULT = new AuxiliaryRecipe(4, 32, 2, 5e-4, 0.02, 0.5);
    }

    /** {@link FineTuneSettings}. */
    public record FineTuneStepsRecipe(
            int steps,
            int batchSize,
            int accumulation,
            double learningRate,
            double weightDecay,
            double delta,
            Divergence divergence,
            String precision,
            int checkpointEvery,
            @Nullable LoraSettings lora) {
        static final FineTuneStepsRecipe DEFAULT =
                new FineTuneStepsRecipe(200, 8, 1, 2e-4, 0.01, 1, Divergence.FORWARD, "float32", 50, null);

        ElementType computeType() {
            return ElementType.ofTorchName(precision)
                    .orElseThrow(() -> new TemperException(
                            "fine_tune.precision must be float32 or bfloat16, not '" + precision + "'"));
        }
    }

    /** A domain that there is. */
    public DomainRecipe domain(String name) {
        return Objects.requireNonNull(domains.get(name));
    }

    /** The training's numbers. */
    public RegularisedSettings settings() {
        ElementType computeType = fineTune.computeType();
        return new RegularisedSettings(
                algorithm,
                iterations,
                new AuxiliarySettings(
                        auxiliary.layers(),
                        auxiliary.batchSize(),
                        auxiliary.epochs(),
                        auxiliary.learningRate(),
                        auxiliary.weightDecay(),
                        auxiliary.consistency(),
                        computeType,
                        fineTune.checkpointEvery()),
                new FineTuneSettings(
                        fineTune.steps(),
                        fineTune.batchSize(),
                        fineTune.accumulation(),
                        fineTune.learningRate(),
                        fineTune.weightDecay(),
                        fineTune.delta(),
                        fineTune.divergence(),
                        computeType,
                        fineTune.checkpointEvery(),
                        Optional.ofNullable(fineTune.lora())),
                reinforce,
                samples.lambda(),
                seed);
    }

    /** With all paths taken from this folder. */
    FineTuneRecipe resolvedAgainst(Path folder) {
        Map<String, DomainRecipe> resolvedDomains = new LinkedHashMap<>();
        domains.forEach((name, d) -> {
            try {
                resolvedDomains.put(name, d.resolvedAgainst(folder));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("domains." + name + ": " + e.getMessage(), e);
            }
        });
        return new FineTuneRecipe(
                folder.resolve(base),
                scorer == null ? null : folder.resolve(scorer),
                algorithm,
                iterations,
                seed,
                maxTokens,
                resolvedDomains,
                samples.resolvedAgainst(folder),
                auxiliary,
                reinforce,
                fineTune);
    }
}
