package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.TemperManifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneCommandTest {
    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Temper.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldSaveAModelThatIsServed(@TempDir Path temp) throws IOException {
        // Given a recipe of one short step, on the shipped model
        Files.writeString(temp.resolve("prompts.jsonl"), """
                {"id": "1", "text": "The weather in the north was"}
                {"id": "2", "text": "My sister wrote a letter about"}
                {"id": "3", "text": "They went to the cinema and"}
                """);
        Files.writeString(temp.resolve("rows.jsonl"), """
                {"id": "1", "text": "The train was late again this morning.", "label": 0}
                {"id": "2", "text": "She has read the whole book in a day.", "label": 0}
                {"id": "3", "text": "Nobody knows when the shop will open.", "label": 1}
                """);
        Path recipe = Files.writeString(temp.resolve("recipe.yaml"), """
                base: %s
                scorer: %s
                algorithm: sequential
                iterations: 1
                max_tokens: 16
                domains: {policy: {labelled: [rows.jsonl], lambda: 1}}
                samples: {prompts: [prompts.jsonl], per_prompt: 2, max_new_tokens: 4}
                auxiliary: {layers: 1, batch_size: 2, epochs: 1}
                fine_tune: {steps: 1, batch_size: 1}
                """.formatted(
                        MODELS.resolve("chat-base"), MODELS.resolve("toxicity-scorer")));
        Path model = temp.resolve("tuned");

        // When it is trained, and what was saved answers
        int trained = run("fine-tune", "--recipe", recipe.toString(), "--out", model.toString(), "--threads", "1");
        int answered = run("generate", "--model", model.toString(), "--max-new-tokens", "2", "--threads", "1", "Hello");

        // Then it says where it is from
        assertThat(err.toString()).isEmpty();
        assertThat(trained).isZero();
        assertThat(answered).isZero();
        TemperManifest manifest = ModelFolder.open(model).manifest().orElseThrow();
        assertThat(manifest.kind()).isEqualTo("generator");
        assertThat(manifest.base()).isEqualTo("chat-base");
        assertThat(manifest.provenance()).containsKeys("base_sha256", "settings", "samples", "domains", "data");
    }
}
