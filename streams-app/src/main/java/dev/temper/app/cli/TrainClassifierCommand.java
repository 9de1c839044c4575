package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.classifier.ClassifierData;
import dev.temper.training.classifier.ClassifierReport;
import dev.temper.training.classifier.ClassifierSettings;
import dev.temper.training.classifier.ClassifierTraining;
import dev.temper.training.optim.AdamW;
import dev.temper.training.progress.TerminalProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper train-classifier}. */
@Command(
        name = "train-classifier",
        description =
                "Fine-tunes a base checkpoint of the Llama family to a toxicity scorer, and says how well it does on"
                        + " rows that it did not learn from.",
        footer = {
            "",
            "Data: JSON Lines, plain or .gz, {\"id\", \"text\", \"label\": 0..1} a line. A row is held out when the first"
                    + " byte of the SHA-256 of its text, modulo 10, is 0.",
            "A training that was killed goes on from its last checkpoint when the same command is given again.",
            "Exit codes: 0 trained; 2 a setting or a file is bad."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class TrainClassifierCommand implements CommandPlugin {
    @Option(names = "--base", paramLabel = "DIR", required = true, description = "Folder of the base checkpoint.")
    private @Nullable Path base;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            required = true,
            description = "Labelled texts; may be given several times.")
    private List<Path> data = List.of();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of the scorer to write.")
    private @Nullable Path out;

    @Option(
            names = "--also-generator",
            paramLabel = "DIR",
            description = "Also write the language model that this training leaves behind: the layers that the scorer"
                    + " changed, under the base's own output layer. For evaluations; nothing serves it.")
    private @Nullable Path generator;

    @Option(
            names = "--clean-dialogue",
            paramLabel = "FILE",
            description =
                    "Dialogues, {\"id\", \"turns\": [...]} a line, whose turns count as not toxic; a scorer that only"
                            + " saw comments from the web takes small talk for something odd. May be given several times.")
    private List<Path> dialogues = List.of();

    @Option(
            names = "--clean-turns",
            paramLabel = "N",
            defaultValue = "" + ClassifierData.DEFAULT_TURNS,
            description = "Turns drawn at random from each dialogue file. Default: ${DEFAULT-VALUE}.")
    private int cleanTurns;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Folder of the checkpoint and of metrics.jsonl. Default: the --out folder's name with .training"
                            + " added.")
    private @Nullable Path work;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "" + ClassifierSettings.DEFAULT_MAX_TOKENS,
            description = "Longer texts are cut to their first tokens. More reads longer texts better and takes longer."
                    + " Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + ClassifierSettings.DEFAULT_BATCH_SIZE,
            description = "Rows of one step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "" + ClassifierSettings.DEFAULT_EPOCHS,
            description = "Most passes over the data. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            defaultValue = "" + ClassifierSettings.DEFAULT_LEARNING_RATE,
            description = "Peak learning rate. Lower it for bases of more than some ten million parameters (2e-5 for"
                    + " billions), or when the loss jumps. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            defaultValue = "" + ClassifierSettings.DEFAULT_WARMUP_SHARE,
            description = "Share of the steps in which the learning rate rises. Default: ${DEFAULT-VALUE}.")
    private double warmup;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0.01",
            description = "AdamW's weight decay of matrices. Default: ${DEFAULT-VALUE}.")
    private double weightDecay;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "float32, or bfloat16: passes compute in it, weights stay float32. Faster where the processor"
                    + " multiplies it. Default: ${DEFAULT-VALUE}.")
    private String precision = "float32";

    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            defaultValue = "" + ClassifierSettings.DEFAULT_EVALUATE_EVERY,
            description = "Steps between two looks at held-out rows. Default: ${DEFAULT-VALUE}.")
    private int evaluateEvery;

    @Option(
            names = "--patience",
            paramLabel = "N",
            defaultValue = "" + ClassifierSettings.DEFAULT_PATIENCE,
            description = "Looks without a better ROC-AUC after which training stops. Default: ${DEFAULT-VALUE}.")
    private int patience;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            defaultValue = "" + ClassifierSettings.DEFAULT_CHECKPOINT_EVERY,
            description = "Steps between two checkpoints. Default: ${DEFAULT-VALUE}.")
    private int checkpointEvery;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of first weights and order. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path target = DeviceOptions.given("--out", out);
        ClassifierSettings settings = DeviceOptions.checked(this::settings);
        ClassifierData files = DeviceOptions.checked(() -> new ClassifierData(data, dialogues, cleanTurns));
        ModelFolder folder = ModelFolder.open(DeviceOptions.given("--base", base));
        TorchRuntime runtime = device.open();
        Path workFolder = work != null ? work : Path.of(target + ".training");
        ClassifierReport report = new ClassifierTraining(runtime, TerminalProgress::start)
                .run(folder, files, settings, target, Optional.ofNullable(generator), workFolder);
        LossCurves.draw(workFolder, spec);
        spec.commandLine()
                .getOut()
                .printf(
                        "%s%nSaved in %s: step %d of %d, learnt from %,d rows.%n",
                        report.toMarkdown(), target, report.bestStep(), report.steps(), report.trainingRows());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private ClassifierSettings settings() {
        return new ClassifierSettings(
                maxTokens,
                batchSize,
                epochs,
                learningRate,
                warmup,
                AdamW.Settings.DEFAULT.withWeightDecay(weightDecay),
                ElementType.ofTorchName(precision)
                        .orElseThrow(() -> new TemperException(
                                "--precision must be float32 or bfloat16, not '" + precision + "'")),
                evaluateEvery,
                ClassifierSettings.DEFAULT_EVALUATION_ROWS,
                patience,
                checkpointEvery,
                seed);
    }
}
