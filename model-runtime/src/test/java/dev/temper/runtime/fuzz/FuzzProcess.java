package dev.temper.runtime.fuzz;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.lm.SequenceClassifier;
import dev.temper.runtime.lm.WeightLoader;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatTemplate;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Loads damaged model folders in a process of its own: the native libraries end the process when they fail, and a loop in
 * them cannot be interrupted. Says which case is next before each; ends with {@link #DONE} if all of them loaded or were
 * refused as they must be. By hand: {@code FuzzProcess SEED CASES FOLDER [FIRST]}.
 */
final class FuzzProcess {
    /** How the last line begins. */
    static final String DONE = "done: ";

    private static final int HANGS_AFTER_SECONDS = 30;
    private static final int MODEL_EVERY = 10;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private int loaded;
    private int refused;

    private FuzzProcess() {}

    public static void main(String[] args) throws Exception {
        FuzzProcess process = new FuzzProcess();
        long seed = Long.parseLong(args[0]);
        int first = args.length > 3 ? Integer.parseInt(args[3]) : 0;
        ExecutorService worker = Executors.newSingleThreadExecutor();
        PrintStream out = System.out;
        for (int i = first; i < first + Integer.parseInt(args[1]); i++) {
            int index = i;
            FuzzCase next = FuzzCase.of(seed, index, Path.of(args[2]));
            out.println("seed " + seed + " case " + index + ": " + next.golden() + "/" + next.file());
            out.flush();
            try {
                worker.submit(() -> process.run(next, Path.of(args[2]).resolve(next.golden()), index))
                        .get(HANGS_AFTER_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                out.println("it hangs");
                Thread.getAllStackTraces().forEach((thread, stack) -> out.println(thread + " " + List.of(stack)));
                Runtime.getRuntime().halt(3);
            } catch (ExecutionException e) {
                e.getCause().printStackTrace(out);
                Runtime.getRuntime().halt(4);
            }
        }
        out.println(DONE + process.loaded + " loaded, " + process.refused + " refused");
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    private Void run(FuzzCase fuzz, Path folder, int index) throws IOException {
        Path file = folder.resolve(fuzz.file());
        byte[] original = Files.readAllBytes(file);
        Files.write(file, fuzz.content());
        try {
            load(folder, fuzz, index);
            loaded++;
        } catch (TemperException e) {
            if (e.getMessage().length() > 2_000 || e.getMessage().lines().count() > 1) {
                throw new IllegalStateException("a message for nobody: " + e.getMessage(), e);
            }
            refused++;
        } finally {
            Files.write(file, original);
        }
        return null;
    }

    private void load(Path folder, FuzzCase fuzz, int index) {
        ModelFolder model = ModelFolder.open(folder);
        model.weightPlan().check(model.weights());
        if (fuzz.file().contains("safetensors")) {
            try (NDManager manager = runtime.newManager()) {
                WeightLoader.load(
                        model.weights(), model.weightPlan(), ElementType.FLOAT32, manager, LoadProgress.SILENT);
            }
        }
        if (fuzz.file().contains("token") || fuzz.file().endsWith(".jinja")) {
            readTexts(folder);
        }
        if (index % MODEL_EVERY == 0) {
            readTokens(model);
        }
    }

    private static void readTexts(Path folder) {
        try (Tokenizer tokenizer = Tokenizer.load(folder)) {
            int[] ids = tokenizer.encode("Hello, 日本 world 123 aaaaaaaaaaaaaaaaaaaaaaaaaaaaa    \n\n  don't", true);
            tokenizer.decode(ids, false);
            tokenizer.decode(ids, true);
            Optional<ChatTemplate> template = ChatTemplate.load(folder, tokenizer.specialTokens());
            template.ifPresent(t -> t.render(List.of(new ChatMessage(ChatMessage.Role.USER, "Hello")), true));
        }
    }

    private void readTokens(ModelFolder model) {
        if (model.kind() == ModelKind.CAUSAL_LM) {
            try (CausalLm lm = CausalLm.load(model, runtime, ElementType.FLOAT32, LoadProgress.SILENT);
                    NDManager scope = lm.newScope()) {
                lm.logits(
                        scope,
                        lm.hidden(scope, scope.create(new long[] {0}, new Shape(1, 1)))
                                .reshape(1, -1));
            }
        } else {
            try (SequenceClassifier classifier =
                    SequenceClassifier.load(model, runtime, ElementType.FLOAT32, LoadProgress.SILENT)) {
                classifier.logits(List.of(Tokenizer.TypedTokens.single(new int[] {0})));
            }
        }
    }
}
