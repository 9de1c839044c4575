package dev.temper.sandbox.demo;

import dev.temper.app.EngineFactory;
import dev.temper.app.cli.CommandPlugin;
import dev.temper.app.cli.Temper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.sandbox.traffic.SamplePrompt;
import dev.temper.sandbox.traffic.SamplePrompts;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code temper demo}: everything in one process, nothing to install. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows Temper at work: starts a Kafka broker, a schema registry and the sidecar in this process, sends sample "
                    + "chat traffic, and shows prompts, answers, scores and flags as they come.",
            "Then it answers what you type, until Ctrl-C. A second run on the same data folder goes on where the first "
                    + "ended."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every prompt got exactly one result or one reject.",
            "1:The counts do not match, or the sidecar stopped.",
            "2:A setting, a file or the machine is not as it must be; the message says which.",
        })
public final class DemoCommand implements CommandPlugin {
    private static final int DEFAULT_COLUMNS = 120;
    private static final int MOST_COLUMNS = 400;
    private static final long CLOSE_SECONDS = 40;

    @Option(names = "--once", description = "End when every prompt has its outcome, with a summary line.")
    private boolean once;

    @Option(
            names = "--prompts",
            paramLabel = "FILE.jsonl",
            description =
                    "Prompts to send, one JSON object a line: id, messages with role and content, and if you like "
                            + "conversation and kind. Default: the sample traffic that comes with Temper.")
    private @Nullable Path prompts;

    @Option(names = "--json", description = "Print outcomes and summary as JSON lines; notes go to standard error.")
    private boolean json;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where broker, registry and sidecar keep their data. Default: ${DEFAULT-VALUE}",
            defaultValue = ".temper/demo")
    private Path data = Path.of(".temper", "demo");

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The language model's folder; a " + DemoSettings.RECOMMENDED
                    + " in it names scorer, subspaces and decoding. Default: ${DEFAULT-VALUE}",
            defaultValue = "${env:TEMPER_HOME:-.}/models/chat-regularised")
    private Path model = Path.of("models", "chat-regularised");

    @Option(
            names = "--show-withheld",
            description = "Show blocked answers in place of the refusals that stand for them.")
    private boolean showWithheld;

    @Option(
            names = "--stall-timeout",
            paramLabel = "SECONDS",
            description = "Longest time without any new outcome before giving up. Default: ${DEFAULT-VALUE}",
            defaultValue = "600")
    private long stallSeconds = 600;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (stallSeconds < 1) {
            throw new TemperException("--stall-timeout must be at least 1 second, not " + stallSeconds);
        }
        List<SamplePrompt> traffic = prompts == null ? SamplePrompts.bundled() : SamplePrompts.read(prompts);
        DemoSettings.requireModel(model);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter notes = json ? spec.commandLine().getErr() : out;
        DemoRun.Options options =
                new DemoRun.Options(data, model, once, Duration.ofSeconds(stallSeconds), showWithheld);
        DemoRun run =
                new DemoRun(options, traffic, config -> EngineFactory.load(config, LoadProgress.SILENT), out, notes);
        OutcomeView view =
                json ? new JsonLinesView(out) : new TableView(out, Ansi.AUTO.enabled(), columns(), showWithheld);
        return untilInterrupted(run, view) ? Temper.EXIT_OK : Temper.EXIT_CHECK_FAILED;
    }

    /** Ctrl-C ends the run in order: the hook waits for this thread, since the JVM halts when its hooks have returned. */
    private static boolean untilInterrupted(DemoRun run, OutcomeView view) throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    run.stop();
                    await(closed);
                },
                "demo-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return run.run(view, new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())))
                    .balanced();
        } finally {
            closed.countDown();
            removeHook(hook);
        }
    }

    private static void await(CountDownLatch closed) {
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("the demo did not close in " + CLOSE_SECONDS + " s; the next start recovers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already.
        }
    }

    private static int columns() {
        try {
            String columns = System.getenv().getOrDefault("COLUMNS", "");
            return columns.isEmpty() ? DEFAULT_COLUMNS : Math.min(MOST_COLUMNS, Integer.parseInt(columns));
        } catch (NumberFormatException e) {
            return DEFAULT_COLUMNS;
        }
    }
}
