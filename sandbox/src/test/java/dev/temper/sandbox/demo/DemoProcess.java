package dev.temper.sandbox.demo;

import dev.temper.runtime.text.ChatMessage;
import dev.temper.sandbox.traffic.SamplePrompt;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A demo with a slow scripted engine as a program: data folder, model folder, number of prompts. */
final class DemoProcess {
    private static final long MILLIS_PER_ANSWER = 40;

    private DemoProcess() {}

    public static void main(String[] args) throws Exception {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        DemoRun run = new DemoRun(
                new DemoRun.Options(Path.of(args[0]), Path.of(args[1]), true, Duration.ofSeconds(60), false),
                prompts(Integer.parseInt(args[2])),
                config -> new ScriptedEngine(MILLIS_PER_ANSWER),
                out,
                out);
        run.run(new TableView(out, false, 120, false), new BufferedReader(new StringReader("")));
    }

    static List<SamplePrompt> prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new SamplePrompt(
                        "p" + i,
                        "c" + i % 7,
                        List.of(new ChatMessage(ChatMessage.Role.USER, i % 10 == 0 ? "insult " + i : "hello " + i)),
                        SamplePrompt.Kind.UNKNOWN))
                .toList();
    }
}
