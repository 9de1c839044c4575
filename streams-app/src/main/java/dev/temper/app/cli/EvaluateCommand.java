package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptFile;
import dev.temper.training.data.PromptRow;
import dev.temper.training.evaluate.Machine;
import dev.temper.training.evaluate.PerplexityJudge;
import dev.temper.training.evaluate.SweepEvaluation;
import dev.temper.training.evaluate.SweepReport;
import dev.temper.training.evaluate.SweepSettings;
import dev.temper.training.progress.TerminalProgress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper evaluate}. */
@Command(
        name = "evaluate",
        description =
                "Answers prompts several times at each strength of guidance, and tells how toxic, fluent and diverse"
                        + " the answers are, how far guidance moved the model, and how fast it was.",
        footer = {
            "",
            "Prompts: JSON Lines, plain or .gz, {\"id\", \"text\"} or {\"id\", \"messages\": [{\"role\", \"content\"}, ...]},"
                    + " with \"kind\" if wanted, a line.",
            "Writes sweep.md, sweep.json and the numbers of each prompt (no text) into --out; an evaluation that was"
                    + " killed goes on there when the same command is given again.",
            "Exit codes: 0 evaluated; 2 a setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class EvaluateCommand implements CommandPlugin {
    private static final String SUBSPACE = "subspace";
    private static final int CONTEXT_LENGTH = 1024;
    private static final int QUEUE_PER_SEQUENCE = 4;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ModelOptions model;

    @Option(names = "--scorer", paramLabel = "DIR", required = true, description = "Folder of the toxicity classifier.")
    @SuppressWarnings("NullAway.Init") // required
    private Path scorer;

    @Option(
            names = "--subspace",
            paramLabel = "FILE",
            description = "The subspace that guides; needed for any beta but 0.")
    private @Nullable Path subspace;

    @Option(names = "--prompts", paramLabel = "FILE", required = true, description = "The prompts to answer.")
    @SuppressWarnings("NullAway.Init") // required
    private Path prompts;

    @Option(
            names = "--text-as",
            paramLabel = "FORM",
            defaultValue = "USER_MESSAGE",
            description =
                    "What a prompt's \"text\" is: user_message, which a chat model answers, or plain, which a model"
                            + " continues. Default: user_message.")
    private PromptFile.TextAs textAs = PromptFile.TextAs.USER_MESSAGE;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            description = "Only prompts of these kinds, provocative for one.")
    private List<String> kinds = List.of();

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N of these prompts.")
    private @Nullable Integer limit;

    @Option(
            names = "--betas",
            paramLabel = "X,X,...",
            split = ",",
            defaultValue = "0,1,2,5",
            description =
                    "Strengths of guidance, in the order of the table; changes are against the first. Calibrate them"
                            + " by the margins that fit-subspace prints. Default: ${DEFAULT-VALUE}.")
    private List<Double> betas = List.of();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "RAW",
            description =
                    "What beta multiplies: raw margins, or their softmax over the candidates, which bounds any shift"
                            + " by beta. Default: raw.")
    private GuidanceParameters.Mode mode = GuidanceParameters.Mode.RAW;

    @Option(
            names = "--max-candidates",
            paramLabel = "N",
            defaultValue = "" + GuidanceParameters.DEFAULT_MAX_CANDIDATES,
            description =
                    "Most candidates of one token. Guidance cuts larger nuclei, which plain sampling does not; the"
                            + " table says how many. Set --top-k to at most this, to compare on equal terms. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int maxCandidates;

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "" + SweepSettings.DEFAULT_SAMPLES,
            description = "Answers to each prompt; 25 as RealToxicityPrompts does. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "32",
            description = "Default: ${DEFAULT-VALUE}.")
    private int maxNewTokens;

    @Option(names = "--temperature", paramLabel = "X", defaultValue = "1.0", description = "Default: ${DEFAULT-VALUE}.")
    private double temperature;

    @Option(names = "--top-k", paramLabel = "N", defaultValue = "0", description = "0 is all. Default: 0.")
    private int topK;

    @Option(names = "--top-p", paramLabel = "X", defaultValue = "0.9", description = "Default: ${DEFAULT-VALUE}.")
    private double topP;

    @Option(
            names = "--category",
            paramLabel = "NAME",
            description =
                    "The scorer's category that counts. Default: toxicity or toxic, if it has one of these; else the"
                            + " largest of all.")
    private @Nullable String category;

    @Option(
            names = "--judge",
            paramLabel = "DIR",
            description =
                    "Folder of the model whose perplexity is measured; needs the same tokenizer. Default: the model"
                            + " itself, unguided.")
    private @Nullable Path judge;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            description = "Answers in the making at once. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the results.")
    @SuppressWarnings("NullAway.Init") // required
    private Path out;

    @Option(names = "--json", description = "Print the results as JSON, not as a table.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        SweepSettings settings = DeviceOptions.checked(() -> new SweepSettings(
                SUBSPACE,
                betas,
                mode,
                maxCandidates,
                samples,
                new DecodingParameters(maxNewTokens, temperature, topK, topP, 1.0, List.of()),
                Optional.ofNullable(category),
                seed));
        if (subspace == null && betas.stream().anyMatch(beta -> beta != 0)) {
            throw new TemperException("guidance needs --subspace; without one only --betas 0 can be evaluated");
        }
        List<PromptRow> chosen = new ArrayList<>();
        DataFile data = PromptFile.read(prompts, textAs, chosen::add);
        chosen.removeIf(prompt -> !kinds.isEmpty() && !kinds.contains(prompt.kind()));
        if (limit != null && limit >= 1 && limit < chosen.size()) {
            chosen.subList(limit, chosen.size()).clear();
        }
        if (chosen.isEmpty() || (limit != null && limit < 1)) {
            throw new TemperException("no prompt is left of " + prompts + " after --kind and --limit; loosen them");
        }
        SweepReport report = evaluate(chosen, data, settings);
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(
                json
                        ? new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report.toJson())
                        : report.toMarkdown());
        printer.flush();
        return Temper.EXIT_OK;
    }

    private SweepReport evaluate(List<PromptRow> chosen, DataFile data, SweepSettings settings) {
        ModelFolder folder = ModelFolder.open(model.model);
        ModelFolder judgeFolder = judge == null ? folder : ModelFolder.open(judge);
        TorchRuntime runtime = model.runtime();
        EngineSettings engineSettings = DeviceOptions.checked(() -> new EngineSettings(
                batch,
                Math.min(CONTEXT_LENGTH, folder.config().shape().maxPositions()),
                batch * QUEUE_PER_SEQUENCE,
                maxCandidates,
                EngineSettings.DEFAULT.prefillTokens()));
        EngineLoader.Files files = new EngineLoader.Files(
                model.model, Optional.of(scorer), subspace == null ? Map.of() : Map.of(SUBSPACE, subspace));
        try (PerplexityJudge perplexity = PerplexityJudge.load(
                        judgeFolder, folder, runtime, model.weightType().computed());
                GenerationEngine engine = EngineLoader.load(
                        files,
                        runtime,
                        model.weightType(),
                        engineSettings,
                        dev.temper.runtime.lm.LoadProgress.SILENT)) {
            return new SweepEvaluation(engine, perplexity, TerminalProgress::start, Machine.describe(runtime))
                    .run(chosen, data, settings, out);
        }
    }
}
