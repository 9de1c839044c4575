package dev.temper.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.config.AdminConfig;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @Test
    void shouldRefuseAnOldJavaAndTooLittleMemory() {
        assertThat(Doctor.java(11).problem()).isEqualTo("java: is 11; install Java 17 or later");
        assertThat(Doctor.java(17).ok()).isTrue();
        assertThat(Doctor.memory(64).problem()).contains("64 MB", "-Xmx");
        assertThat(Doctor.memory(512).ok()).isTrue();
    }

    @Test
    void shouldSayWhomTheAdminServerWillAnswer() {
        // Given
        AdminConfig exposed = new AdminConfig(true, "0.0.0.0", 8686, "TOKEN", 1_000);

        // When, Then
        assertThat(Doctor.admin(AdminConfig.DEFAULT, name -> null).line())
                .isEqualTo("ok    admin: will answer this machine at 127.0.0.1:8686");
        assertThat(Doctor.admin(exposed, name -> name.repeat(4)).line()).contains("whoever brings the token");
        assertThat(Doctor.admin(exposed, name -> null).line()).startsWith("WRONG admin: admin.token_env names TOKEN");
    }

    private static Path folder(Path parent, String architecture, String more) throws IOException {
        Path folder = Files.createDirectory(parent.resolve(architecture));
        Files.createFile(folder.resolve("tokenizer.json"));
        Files.createFile(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "architectures": ["%s"], "vocab_size": 10, "hidden_size": 8,
                 "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                 "num_key_value_heads": 2, "max_position_embeddings": 32, "rms_norm_eps": 1e-5,
                 "hidden_act": "silu", "bos_token_id": 1, "eos_token_id": 2 %s}
                """.formatted(architecture, more));
        return folder;
    }

    private static Path scorer(Path parent) throws IOException {
        return folder(
                parent,
                "LlamaForSequenceClassification",
                ", \"id2label\": {\"0\": \"toxic\", \"1\": \"insult\"},"
                        + " \"problem_type\": \"multi_label_classification\"");
    }

    @Test
    void shouldSayWhatIsWrongWithAModelsFolder(@TempDir Path parent) throws IOException {
        // Given
        Path model = folder(parent, "LlamaForCausalLM", "");
        Path gpt = folder(parent, "GPT2LMHeadModel", "");

        // When
        Finding fit = Doctor.model("model", model, ModelKind.CAUSAL_LM);
        Finding wrongKind = Doctor.model("scorer", model, ModelKind.SEQUENCE_CLASSIFICATION);
        Finding unsupported = Doctor.model("model", gpt, ModelKind.CAUSAL_LM);
        Finding missing = Doctor.model("model", parent.resolve("none"), ModelKind.CAUSAL_LM);

        // Then
        assertThat(fit.ok()).isTrue();
        assertThat(wrongKind.problem()).contains("sequence_classification");
        assertThat(unsupported.problem()).contains("GPT2LMHeadModel");
        assertThat(missing.problem()).contains("none");
    }

    @Test
    void shouldRefuseAPolicyForACategoryThatTheScorerDoesNotPublish(@TempDir Path parent) throws IOException {
        // Given
        String config = "kafka: {bootstrap.servers: b}\nschema_registry: {schema.registry.url: 'http://r'}\n"
                + "engine: {scorer: " + scorer(parent) + "}\n"
                + "policy: {categories: {%s: {threshold: 0.5, action: block}}}\n";

        // When
        SidecarConfig good = ConfigLoader.parse("t.yaml", config.formatted("insult"), parent);
        SidecarConfig bad = ConfigLoader.parse("t.yaml", config.formatted("insults"), parent);

        // Then
        assertThatCode(() -> EngineFactory.requireCategories(good, good.policy()))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> EngineFactory.requireCategories(bad, bad.policy()))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("policy.categories.insults would never act")
                .hasMessageContaining("[toxic, insult]");
    }

    @Test
    void shouldLookAtEverythingAlthoughNothingAnswers(@TempDir Path folder) {
        // Given
        String nothing =
                "kafka: {bootstrap.servers: '127.0.0.1:1', request.timeout.ms: 500, default.api.timeout.ms: 500}\n"
                        + "schema_registry: {schema.registry.url: 'http://127.0.0.1:1'}\n";
        List<String> lines = new ArrayList<>();

        // When
        boolean fit = Doctor.examine(ConfigLoader.parse("t.yaml", nothing, folder), lines::add);

        // Then
        assertThat(fit).isFalse();
        assertThat(lines).anyMatch(line -> line.startsWith("ok    java"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG broker: no broker answers at 127.0.0.1:1"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG registry"));
        assertThat(lines).anyMatch(line -> line.startsWith("WRONG model: engine.model is not set"));
    }
}
