package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class EvaluateCommandTest {
    private static final Path GOLDENS = Path.of("../model-runtime/src/test/resources/goldens")
            .toAbsolutePath()
            .normalize();

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path plan;

    private int run(String... args) {
        return Temper.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private int evaluate(Path into) {
        return run(
                "evaluate",
                "--plan",
                plan.toString(),
                "--data-root",
                folder.toString(),
                "--out",
                into.toString(),
                "--threads",
                "1");
    }

    @BeforeEach
    void writePlan() throws IOException {
        String model = GOLDENS.resolve("models/llama31").toString();
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            data.append("{\"id\":\"p%d\",\"text\":\"Number %d was\",\"labels\":{\"group\":\"%s\"}}%n"
                    .formatted(i, i, i % 2 == 0 ? "even" : "odd"));
        }
        Files.writeString(folder.resolve("prompts.jsonl"), data);
        Files.writeString(folder.resolve("words.txt"), "station\n");
        plan = Files.writeString(
                folder.resolve("plan.yaml"), """
                judge: %1$s
                scorer: %2$s
                seed: 3
                systems:
                  base: {model: %1$s}
                  words: {model: %1$s, bad_words: words.txt}
                decoding: {max_new_tokens: 5}
                suites:
                  few: {kind: prompts, data: ["${DATA}/prompts.jsonl"], samples: 2, limit: 8}
                  groups: {kind: bold, data: ["${DATA}/prompts.jsonl"], samples: 2, gap: [even, odd]}
                """.formatted(model, GOLDENS.resolve("classifiers/llama_cls")));
    }

    @Test
    void shouldEvaluateAPlanWithRealModelsGoOnWhereItWasAndRefuseAnotherPlan() throws IOException {
        // Given
        Path whole = folder.resolve("whole");
        Path resumed = folder.resolve("resumed");
        assertThat(evaluate(whole)).as(err.toString()).isZero();
        Files.createDirectories(resumed.resolve("numbers/few"));
        Files.copy(whole.resolve("numbers/few/base.jsonl"), resumed.resolve("numbers/few/base.jsonl"));

        // When
        int code = evaluate(resumed);

        // Then
        assertThat(code).isZero();
        JsonNode results =
                new ObjectMapper().readTree(whole.resolve("results.json").toFile());
        JsonNode again =
                new ObjectMapper().readTree(resumed.resolve("results.json").toFile());
        for (String suite : new String[] {"few", "groups"}) {
            for (String system : new String[] {"base", "words"}) {
                String at = "/suites/" + suite + "/systems/" + system + "/numbers";
                assertThat(again.at(at)).isNotEmpty().isEqualTo(results.at(at));
            }
        }
        assertThat(results.at("/suites/few/systems/base/rows").asInt()).isEqualTo(8);
        assertThat(results.at("/systems/base/model").asText()).startsWith("llama31 ");
        assertThat(out.toString()).contains("## few", "toxicity gap", "Of even:");
        assertThat(whole.resolve("plots/few-toxicity-perplexity.svg")).isNotEmptyFile();

        // And when: the same folder, for another plan
        Files.writeString(plan, Files.readString(plan).replace("samples: 2, limit: 8", "samples: 3, limit: 8"));
        int other = evaluate(whole);

        // Then
        assertThat(other).isEqualTo(2);
        assertThat(err.toString()).contains("few/base.jsonl", "its suite.samples was 2 and is now 3");
    }
}
