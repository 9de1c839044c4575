package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.sandbox.ChildJvm;
import dev.temper.sandbox.traffic.SamplePrompt;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo on real broker, registry and sidecar; only the model is scripted. Not on a container: the embedded broker is part of the demo. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class DemoRunTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter notes = new StringWriter();

    @Test
    void shouldAnswerEveryPromptOnceAndNoneAgainInASecondRun(@TempDir Path folder) throws Exception {
        // Given
        List<SamplePrompt> prompts = Stream.concat(
                        IntStream.range(0, 20).mapToObj(i -> prompt("p" + i, "hello " + i)),
                        Stream.of(prompt("bad", "insult me"), prompt("no", "impossible")))
                .toList();
        ScriptedEngine first = new ScriptedEngine();
        ScriptedEngine second = new ScriptedEngine();

        // When
        Tally tally = run(folder, prompts, first, true).get(120, TimeUnit.SECONDS);
        String table = out.toString();
        out.getBuffer().setLength(0);
        Tally again = run(folder, prompts, second, true).get(120, TimeUnit.SECONDS);

        // Then
        assertThat(tally).isEqualTo(new Tally(22, 21, 1, 1, 0, 0));
        assertThat(tally.balanced()).isTrue();
        assertThat(table)
                .contains("echo: hello 7", "BLOCKED", "REJECTED", "INVALID_PROMPT: the script refuses it")
                .contains(tally.line())
                .doesNotContain("fool");
        assertThat(first.asked).hasSize(22);
        assertThat(again).isEqualTo(tally);
        assertThat(second.asked).isEmpty();
        assertThat(out.toString()).isEqualToIgnoringNewLines(tally.line());
    }

    @Test
    void shouldNeitherLoseNorRepeatAnythingWhenKilledInTheMiddle(@TempDir Path folder) throws Exception {
        // Given
        int count = 60;
        DemoRun.Options options = options(folder, true);
        try (ChildJvm child = ChildJvm.start(
                DemoProcess.class,
                options.dataFolder().toString(),
                options.model().toString(),
                Integer.toString(count))) {
            child.awaitLine(line -> line.stripLeading().startsWith("15 "));
            child.kill();
        }
        ScriptedEngine engine = new ScriptedEngine();

        // When
        Tally tally = run(folder, DemoProcess.prompts(count), engine, true).get(120, TimeUnit.SECONDS);

        // Then
        assertThat(tally).isEqualTo(new Tally(count, count, 6, 0, 0, 0));
        assertThat(engine.asked).hasSizeBetween(1, count - 15);
    }

    @Test
    void shouldAnswerWhatIsTypedWithTheEarlierTurnsAsMessages(@TempDir Path folder) throws Exception {
        // Given
        ScriptedEngine engine = new ScriptedEngine();
        Reader typed = new StringReader("first line\n\nimpossible\nsecond line\n");
        DemoRun run = demo(folder, List.of(prompt("p", "sample")), engine, false);
        CompletableFuture<Tally> tally = inBackground(run, typed);

        // When
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> out.toString()
                .contains("< echo: second line"));
        run.stop();

        // Then
        assertThat(tally.get(60, TimeUnit.SECONDS)).isEqualTo(new Tally(4, 3, 0, 1, 0, 0));
        assertThat(out.toString())
                .contains("< echo: first line  [toxicity 0.10]", "< (rejected) INVALID_PROMPT: the script refuses it");
        assertThat(engine.asked)
                .contains(List.of(
                        new ChatMessage(Role.USER, "first line"),
                        new ChatMessage(Role.ASSISTANT, "echo: first line"),
                        new ChatMessage(Role.USER, "second line")));
    }

    @Test
    void shouldLeaveTheFolderFreeWhenTheModelCannotBeLoaded(@TempDir Path folder) throws Exception {
        // Given
        DemoRun broken = new DemoRun(
                options(folder, true),
                List.of(prompt("p", "sample")),
                config -> {
                    throw new TemperException("the weights are missing");
                },
                new PrintWriter(out),
                new PrintWriter(notes));

        // When
        var start = assertThatThrownBy(() -> broken.run(view(), new BufferedReader(new StringReader(""))));

        // Then
        start.isInstanceOf(TemperException.class).hasMessage("the weights are missing");
        Tally tally = run(folder, List.of(prompt("p", "sample")), new ScriptedEngine(), true)
                .get(120, TimeUnit.SECONDS);
        assertThat(tally).isEqualTo(new Tally(1, 1, 0, 0, 0, 0));
    }

    private CompletableFuture<Tally> run(Path folder, List<SamplePrompt> prompts, ScriptedEngine engine, boolean once)
            throws Exception {
        return inBackground(demo(folder, prompts, engine, once), new StringReader(""));
    }

    private DemoRun demo(Path folder, List<SamplePrompt> prompts, ScriptedEngine engine, boolean once)
            throws Exception {
        return new DemoRun(
                options(folder, once), prompts, config -> engine, new PrintWriter(out), new PrintWriter(notes));
    }

    private CompletableFuture<Tally> inBackground(DemoRun run, Reader typed) {
        CompletableFuture<Tally> tally = new CompletableFuture<>();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        thread.execute(() -> {
            try {
                tally.complete(run.run(view(), new BufferedReader(typed)));
            } catch (Exception e) {
                tally.completeExceptionally(e);
            }
        });
        thread.shutdown();
        return tally;
    }

    private OutcomeView view() {
        return new TableView(new PrintWriter(out), false, 120, false);
    }

    private static DemoRun.Options options(Path folder, boolean once) throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        return new DemoRun.Options(folder.resolve("data"), model, once, Duration.ofSeconds(60), false);
    }

    private static SamplePrompt prompt(String id, String text) {
        return new SamplePrompt(id, "c-" + id, List.of(new ChatMessage(Role.USER, text)), SamplePrompt.Kind.UNKNOWN);
    }
}
