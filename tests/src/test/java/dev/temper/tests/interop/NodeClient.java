package dev.temper.tests.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code interop/client.js}, run to its end. */
final class NodeClient {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SCRIPT = "client.js";

    private NodeClient() {}

    /** Why it cannot run here; empty if it can. */
    static Optional<String> missing() {
        try {
            new ProcessBuilder("node", "--version").start().destroy();
        } catch (IOException e) {
            return Optional.of("there is no node on the path; install Node.js 20 or later");
        }
        return Files.isDirectory(Interop.FOLDER.resolve("node_modules/@confluentinc/schemaregistry"))
                ? Optional.empty()
                : Optional.of("Confluent's JavaScript client is not installed; " + Interop.PREPARE);
    }

    /** The lines that it prints. */
    static List<JsonNode> run(JsonNode settings, Path folder) throws Exception {
        File out = folder.resolve("node.out").toFile();
        File err = folder.resolve("node.err").toFile();
        Process process = new ProcessBuilder("node", SCRIPT, settings.toString())
                .directory(Interop.FOLDER.toFile())
                .redirectOutput(out)
                .redirectError(err)
                .start();
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String said = Files.readString(err.toPath(), UTF_8);
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException(
                    SCRIPT + (ended ? " failed: " : " did not end, after " + Files.readString(out.toPath())) + said);
        }
        List<JsonNode> lines = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(out.toPath(), UTF_8)) {
            lines.add(json.readTree(line));
        }
        return lines;
    }
}
