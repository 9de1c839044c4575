package dev.temper.benchmarks.decode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another implementation in a process of its own, which measures itself when it is asked to:
 * {@code benchmarks/transformers_decode.py} says how they talk. It waits without computing in between. Owns the process;
 * used by one thread.
 */
final class ReferenceProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long CLOSE_SECONDS = 10;

    private final String command;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final JsonNode versions;

    private ReferenceProcess(String command, Process process) {
        this.command = command;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.questions = process.outputWriter(StandardCharsets.UTF_8);
        this.versions = answer();
    }

    /**
     * Starts it and waits until it has loaded the model.
     *
     * @param command a program and its arguments, separated by spaces
     * @param threads of one operation
     * @throws TemperException if it does not start
     */
    static ReferenceProcess start(String command, DecodeSettings settings, String type, String device, int threads) {
        List<String> words = new ArrayList<>(Arrays.asList(command.strip().split("\\s+")));
        words.addAll(List.of(
                "--serve",
                "--shape",
                settings.model(),
                "--dtype",
                type,
                "--device",
                device,
                "--threads",
                String.valueOf(threads),
                "--prompt-tokens",
                String.valueOf(settings.promptTokens()),
                "--seed",
                String.valueOf(settings.seed())));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new ReferenceProcess(command, process);
        } catch (IOException e) {
            throw new TemperException("--reference could not be started (" + e.getMessage() + ")", e);
        }
    }

    /** Its name, libraries and threads, as it tells them. */
    JsonNode versions() {
        return versions;
    }

    /** Measures: tokens a second of this many sequences at once. */
    double tokensPerSecond(int batch, int steps) {
        ObjectNode question = JSON.createObjectNode().put("batch", batch).put("steps", steps);
        try {
            questions.write(question + "\n");
            questions.flush();
        } catch (IOException e) {
            throw ended(e);
        }
        return answer().path("tokens_per_second").asDouble();
    }

    private JsonNode answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw ended(new IOException("end of its output"));
            }
            return JSON.readTree(line);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private TemperException ended(IOException cause) {
        process.destroy();
        return new TemperException(
                "the reference (" + command + ") ended or answered no JSON: " + cause.getMessage()
                        + "; its own message is above",
                cause);
    }

    @Override
    public void close() {
        try (questions) {
            questions.flush();
        } catch (IOException alreadyEnded) {
            // It is to end anyway.
        }
        try {
            if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
