package dev.temper.app.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.FineTuneRecipe;
import dev.temper.app.config.FineTuneRecipe.PromptsRecipe;
import dev.temper.app.config.RecipeLoader;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CheckpointWriter;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.decoder.TrainableDecoder;
import dev.temper.training.progress.TerminalProgress;
import dev.temper.training.regularise.Algorithm;
import dev.temper.training.regularise.Domain;
import dev.temper.training.regularise.DomainFiles;
import dev.temper.training.regularise.OracleSampling;
import dev.temper.training.regularise.RegularisedSettings;
import dev.temper.training.regularise.RegularisedTraining;
import dev.temper.training.regularise.SampleSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper fine-tune}. */
@Command(
        name = "fine-tune",
        description = "Fine-tunes a model of the Llama family towards the closest distribution that satisfies a policy:"
                + " regularised fine-tuning with a NADO auxiliary model (Meng et al., 2024), or plainly.",
        footer = {
            "",
            "docs/fine-tuning.md explains the recipe. A training that was killed goes on where it was when the same"
                    + " command is given again.",
            "Exit codes: 0 trained; 2 a setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class FineTuneCommand implements CommandPlugin {
    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            required = true,
            description = "YAML file: what to train, on what.")
    private @Nullable Path recipeFile;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the model to write.")
    private @Nullable Path out;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Folder of checkpoints, iterations and metrics. Default: the --out folder's name with .training"
                            + " added.")
    private @Nullable Path work;

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /**
     * What the fingerprint and the manifest tell of a training.
     *
     * @param scorer the oracle, where there is one
     */
    private record Inputs(
            ModelFolder base,
            Optional<ModelFolder> scorer,
            List<Domain> domains,
            List<OracleSampling.Source> sources,
            List<DataFile> files) {}

    @Override
    public Integer call() {
        Path target = DeviceOptions.given("--out", out);
        FineTuneRecipe recipe = RecipeLoader.load(DeviceOptions.given("--recipe", recipeFile));
        RegularisedSettings settings = DeviceOptions.checked(recipe::settings);
        Inputs inputs = read(recipe);
        OracleSampling.Settings sampling =
                DeviceOptions.checked(() -> recipe.samples().settings(recipe.maxTokens()));
        TorchRuntime runtime = device.open();
        SampleSource samples = inputs.scorer()
                .<SampleSource>map(scorer -> new OracleSampling(runtime, scorer.path(), inputs.sources(), sampling))
                .orElse((lm, seed) -> List.of());
        Path workFolder = work != null ? work : Path.of(target + ".training");
        ModelFolder trained = new RegularisedTraining(
                        runtime,
                        inputs.base(),
                        inputs.domains(),
                        samples,
                        settings,
                        workFolder,
                        fingerprint(recipe, inputs),
                        TerminalProgress::start)
                .run();
        save(target, trained, recipe, inputs, runtime);
        LossCurves.draw(workFolder, spec);
        spec.commandLine().getOut().printf("Saved in %s.%n", target);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static Inputs read(FineTuneRecipe recipe) {
        ModelFolder base = ModelFolder.open(recipe.base());
        Optional<ModelFolder> scorer = recipe.algorithm() == Algorithm.PLAIN
                ? Optional.empty()
                : Optional.ofNullable(recipe.scorer()).map(ModelFolder::open);
        int positions = base.llama().shape().maxPositions();
        if (recipe.maxTokens() + recipe.samples().maxNewTokens() > positions) {
            throw new TemperException("max_tokens and samples.max_new_tokens together are more than the " + positions
                    + " positions of the base model; lower one of them");
        }
        List<Domain> domains = new ArrayList<>();
        List<DataFile> files = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(base.path())) {
            recipe.domains().forEach((name, d) -> {
                DomainFiles.Read read = d.files(Path.of("")).read(base.path(), tokenizer, recipe.maxTokens());
                files.addAll(read.files());
                domains.add(DeviceOptions.checked(
                        () -> new Domain(name, read.sequences(), d.languageWeight(), d.lambda())));
            });
        }
        List<OracleSampling.Source> sources = new ArrayList<>();
        for (PromptsRecipe kind : recipe.samples().kinds()) {
            List<PromptRow> prompts = new ArrayList<>();
            for (Path file : kind.prompts()) {
                files.add(PromptFile.read(file, kind.textAs(), row -> {
                    if (!row.isHeldOut()) {
                        prompts.add(row);
                    }
                }));
            }
            sources.add(DeviceOptions.checked(() -> new OracleSampling.Source(prompts, kind.share())));
        }
        return new Inputs(base, scorer, domains, sources, files);
    }

    /** All that the course of a training depends on beside its settings; where the files lie is not part of it. */
    private static String fingerprint(FineTuneRecipe recipe, Inputs inputs) {
        List<String> domains = recipe.domains().entrySet().stream()
                .map(d -> "%s: %s to %s"
                        .formatted(
                                d.getKey(),
                                d.getValue().lowestLabel(),
                                d.getValue().highestLabel()))
                .toList();
        List<String> prompts = recipe.samples().kinds().stream()
                .map(k -> "%d %s: %s".formatted(k.prompts().size(), k.textAs(), k.share()))
                .toList();
        return String.join(
                "|",
                inputs.files().stream().map(DataFile::sha256).toList().toString(),
                inputs.scorer().map(ModelFolder::weightsHash).orElse("no scorer"),
                domains.toString(),
                prompts.toString(),
                recipe.samples().settings(recipe.maxTokens()).toString());
    }

    private static void save(
            Path target, ModelFolder trained, FineTuneRecipe recipe, Inputs inputs, TorchRuntime runtime) {
        ModelFolder base = inputs.base();
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest = json.createObjectNode();
        manifest.put("kind", "generator").put("base", base.modelId());
        ObjectNode provenance = manifest.putObject("provenance");
        provenance.put("command", "fine-tune").put("base_sha256", base.weightsHash());
        inputs.scorer()
                .ifPresent(scorer ->
                        provenance.put("scorer", scorer.modelId()).put("scorer_sha256", scorer.weightsHash()));
        provenance.put("settings", recipe.settings().toString());
        provenance.put("samples", recipe.samples().settings(recipe.maxTokens()).toString());
        inputs.domains().forEach(domain -> provenance
                .withObject("/domains/" + domain.name())
                .put("sequences", domain.sequences().size())
                .put("lowest_label", recipe.domain(domain.name()).lowestLabel())
                .put("highest_label", recipe.domain(domain.name()).highestLabel())
                .put("language_weight", domain.languageWeight())
                .put("lambda", domain.lambda()));
        inputs.files().forEach(file -> provenance
                .withArray("/data")
                .addObject()
                .put("file", file.name())
                .put("sha256", file.sha256())
                .put("rows", file.rows()));
        try (TrainableDecoder weights = TrainableDecoder.load(runtime.newManager(), trained, trained.weightPlan())) {
            CheckpointWriter.writeCausalLm(target, base, weights.weights(), ElementType.BFLOAT16, manifest);
        }
    }
}
