package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.temper.runtime.lm.ConsoleLoadProgress;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.verify.Verification;
import dev.temper.runtime.verify.VerificationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper verify}. */
@Command(
        name = "verify",
        description = "Compares this runtime with the reference implementation's numbers: logits and hidden states at"
                + " every position, greedy continuations, sampled tokens, token ids. In bfloat16 and float16 tolerances are"
                + " wider, and generated tokens may differ.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is within its tolerance",
            "1:something is beyond its tolerance",
            "2:the model or the golden folder is not as it must be"
        })
public final class VerifyCommand implements CommandPlugin {
    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ModelOptions model;

    @Option(
            names = "--golden",
            paramLabel = "DIR",
            required = true,
            description = "Folder with golden.safetensors and golden.json, the reference's numbers for this model.")
    @SuppressWarnings("NullAway.Init") // required
    private Path golden;

    @Option(names = "--json", description = "Print every comparison as one JSON document.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        ModelFolder folder = ModelFolder.open(model.model);
        VerificationReport report;
        if (System.console() == null) {
            report = verify(folder, LoadProgress.SILENT);
        } else {
            try (ConsoleLoadProgress progress = new ConsoleLoadProgress(folder.modelId(), System.err)) {
                report = verify(folder, progress);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? VerificationText.json(report) : VerificationText.table(report));
        out.flush();
        return report.passed() ? Temper.EXIT_OK : Temper.EXIT_CHECK_FAILED;
    }

    private VerificationReport verify(ModelFolder folder, LoadProgress progress) {
        return Verification.run(folder, golden, model.runtime(), model.elementType(), progress);
    }
}
