package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {

    private final Path temp;

    ModelFolderTest(@TempDir Path temp) {
        this.temp = temp;
    }

    @Test
    void shouldReadASettingForEachFieldOfTheConfig() {
        // Given
        Path folder = Goldens.folder("models/llama31");

        // When
        ModelFolder model = ModelFolder.open(folder);

        // Then
        assertThat(model.kind()).isEqualTo(ModelKind.CAUSAL_LM);
        assertThat(model.modelId()).isEqualTo("llama31");
        assertThat(model.config())
                .isEqualTo(new LlamaConfig(
                        LlamaVariant.LLAMA,
                        1016,
                        64,
                        3,
                        4,
                        2,
                        16,
                        160,
                        1e-5,
                        500_000,
                        new RopeScaling.Llama3(8, 1, 4, 64),
                        0,
                        256,
                        false,
                        OptionalInt.of(1000),
                        List.of(1001, 1008, 1009),
                        OptionalInt.empty(),
                        ElementType.BFLOAT16));
        assertThat(model.generation().eosIds()).containsExactly(1001, 1008, 1009);
        assertThat(model.generation().temperature()).isEqualTo(0.6);
        assertThat(model.generation().topP()).isEqualTo(0.9);
        assertThat(model.weights().files()).hasSize(3);
        assertThat(model.weightsHash()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/llama2",
                "models/llama31",
                "models/llama32",
                "models/mistral",
                "models/qwen2",
                "models/gpt2",
                "models/gpt_neox",
                "models/falcon7b",
                "models/falcon40b",
                "models/opt",
                "models/opt350m",
                "classifiers/llama_cls",
                "classifiers/bert_multilabel",
                "classifiers/roberta",
                "classifiers/distilbert"
            })
    void shouldReadTheSameFromAConfigOfTransformers5(String golden) throws IOException {
        // Given
        Path folder = Goldens.copy(golden, temp.resolve("model"));
        Files.move(
                folder.resolve("config.v5.json"),
                folder.resolve("config.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        // When
        ModelFolder model = ModelFolder.open(folder);

        // Then
        ModelFolder published = ModelFolder.open(Goldens.folder(golden));
        assertThat(model.config()).isEqualTo(published.config());
        assertThat(model.classification()).isEqualTo(published.classification());
        assertThat(model.kind()).isEqualTo(published.kind());
    }

    @Test
    void shouldReadWhatTheGenerationConfigRulesOut() throws IOException {
        // Given
        Path folder = Goldens.copy("models/gpt2", temp.resolve("model"));
        Files.writeString(folder.resolve("generation_config.json"), """
                {"eos_token_id": 7, "typical_p": 0.9, "min_p": 0.05, "epsilon_cutoff": 0.0003, "no_repeat_ngram_size": 3,
                 "bad_words_ids": [[5], [6, 7]], "min_length": 20, "min_new_tokens": null}
                """);

        // When
        GenerationDefaults generation = ModelFolder.open(folder).generation();

        // Then
        assertThat(generation)
                .isEqualTo(new GenerationDefaults(
                        OptionalInt.of(960),
                        List.of(7),
                        OptionalInt.empty(),
                        false,
                        1,
                        50,
                        1,
                        1,
                        0.05,
                        0.9,
                        3e-4,
                        3,
                        List.of(List.of(5), List.of(6, 7)),
                        20,
                        0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'bad_words_ids': [[]]}",
                "{'bad_words_ids': [5]}",
                "{'bad_words_ids': [[-1]]}",
                "{'min_p': 2}",
                "{'typical_p': 0}",
                "{'epsilon_cutoff': 1}",
                "{'no_repeat_ngram_size': -1}",
                "{'min_length': -1}",
                "{'min_new_tokens': 'many'}"
            })
    void shouldNameTheSettingOfGenerationThatCannotBe(String settings) throws IOException {
        // Given
        Path folder = Goldens.copy("models/gpt2", temp.resolve("model"));
        String json = settings.replace('\'', '"');
        Files.writeString(folder.resolve("generation_config.json"), json);
        String key = json.substring(2, json.indexOf('"', 2));

        // Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("generation_config.json")
                .hasMessageContaining(key);
    }

    @Test
    void shouldTakeTheReferencesDefaultsForWhatTheConfigLeavesOut() throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama2", temp.resolve("model"));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\"}");
        Files.delete(folder.resolve("generation_config.json"));

        // When
        LlamaConfig config = (LlamaConfig) ModelFolder.open(folder).config();

        // Then
        assertThat(config)
                .isEqualTo(new LlamaConfig(
                        LlamaVariant.LLAMA,
                        32_000,
                        4096,
                        32,
                        32,
                        32,
                        128,
                        11_008,
                        1e-6,
                        10_000,
                        new RopeScaling.None(),
                        0,
                        2048,
                        false,
                        OptionalInt.of(1),
                        List.of(2),
                        OptionalInt.empty(),
                        ElementType.FLOAT32));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model_type|\"rwkv\"|model_type \"rwkv\" is not supported; supported: ",
                "architectures|[\"LlamaForTokenClassification\"]|architectures \"LlamaForTokenClassification\" is not",
                "hidden_act|\"gelu\"|hidden_act \"gelu\" is not supported",
                "attention_bias|true|attention_bias \"true\" is not supported",
                "mlp_bias|true|mlp_bias \"true\" is not supported",
                "quantization_config|{\"quant_method\":\"gptq\"}|quantization_config \"gptq\" is not supported",
                "rope_scaling|{\"type\":\"yarn\",\"factor\":2.0}|rope_type \"yarn\" is not supported",
                "rope_scaling|{\"type\":\"linear\"}|factor must be a finite number",
                "rope_scaling|{\"type\":\"linear\",\"factor\":0.5}|factor must be finite and at least 1",
                "rope_scaling|{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4,\"original_max_position_embeddings\":64}|low_freq_factor < high_freq_factor",
                "rope_scaling|{\"partial_rotary_factor\":0.5}|partial_rotary_factor \"0.5\" is not supported",
                "torch_dtype|\"int8\"|dtype \"int8\" is not supported",
                "hidden_size|0|hidden_size must be in [1,",
                "hidden_size|65|hidden_size 65 is not a multiple of num_attention_heads 4",
                "hidden_size|64.5|hidden_size must be a whole number",
                "hidden_size|99999999999|hidden_size must be a whole number below 2^31",
                "num_key_value_heads|3|does not divide",
                "head_dim|7|head_dim must be even",
                "vocab_size|2147483647|vocab_size must be in [1,",
                "rms_norm_eps|-1|rms_norm_eps must be in (0, 1)",
                "rope_theta|\"big\"|rope_theta must be a finite number",
                "eos_token_id|\"</s>\"|eos_token_id must be a token id",
                "tie_word_embeddings|1|tie_word_embeddings must be true or false",
            })
    void shouldRefuseByNameWhatIsWrongOrNotSupported(String setting, String value, String complaint)
            throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama2", temp.resolve("model"));
        edit(folder.resolve("config.json"), config -> config.set(setting, parse(value)));

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, a model folder needs config.json",
        "tokenizer.json, a model folder needs config.json",
        "model-00002-of-00003.safetensors, fetch it",
        "model.safetensors.index.json, neither model.safetensors nor",
    })
    void shouldNameAMissingFile(String file, String complaint) throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama31", temp.resolve("model"));
        Files.delete(folder.resolve(file));

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(file)
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldReadLabelsAndProblemOfAClassifier() throws IOException {
        // Given
        Path folder = Goldens.copy("classifiers/llama_cls", temp.resolve("model"));
        edit(folder.resolve("config.json"), config -> {
            config.set("id2label", parse("{\"1\":\"insult\",\"0\":\"threat\"}"));
            config.put("problem_type", "multi_label_classification");
        });

        // When
        ModelFolder model = ModelFolder.open(folder);

        // Then
        assertThat(model.kind()).isEqualTo(ModelKind.SEQUENCE_CLASSIFICATION);
        assertThat(model.classification())
                .contains(new ClassificationHead(List.of("threat", "insult"), ClassificationHead.Problem.MULTI_LABEL));
        assertThatThrownBy(() -> model.require(ModelKind.CAUSAL_LM)).isInstanceOf(TemperException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "problem_type|\"regression\"|problem_type \"regression\" is not supported",
                "id2label|{\"0\":\"a\",\"2\":\"b\"}|id2label has no label for output 1",
                "id2label|{\"0\":\"a\",\"1\":\"a\"}|two labels",
                "id2label|{}|id2label must have 1 to",
            })
    void shouldRefuseAClassifierWithoutUsableLabels(String setting, String value, String complaint) throws IOException {
        // Given
        Path folder = Goldens.copy("classifiers/llama_cls", temp.resolve("model"));
        edit(folder.resolve("config.json"), config -> config.set(setting, parse(value)));

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qwen2|use_sliding_window|true|use_sliding_window \"true\" is not supported",
                "mistral|layer_types|[\"full_attention\"]|layer_types \"full_attention\" is not supported",
                "mistral|sliding_window|0|sliding_window must be at least 1",
                "gpt2|scale_attn_by_inverse_layer_idx|true|scale_attn_by_inverse_layer_idx \"true\" is not",
                "gpt2|scale_attn_weights|false|scale_attn_weights \"false\" is not supported",
                "gpt2|activation_function|\"mish\"|activation_function \"mish\" is not supported",
                "gpt2|architectures|[\"GPT2DoubleHeadsModel\"]|architectures \"GPT2DoubleHeadsModel\" is not",
                "gpt2|n_head|5|not a multiple of the heads",
                "gpt_neox|attention_bias|false|attention_bias \"false\" is not supported",
                "gpt_neox|rotary_pct|0.2|rotary dimensions must be even",
                "falcon7b|alibi|true|alibi \"true\" is not supported",
                "falcon7b|bias|true|bias \"true\" is not supported",
                "falcon7b|parallel_attn|false|parallel_attn \"false\" is not supported",
                "falcon40b|num_ln_in_parallel_attn|3|num_ln_in_parallel_attn \"3\" is not supported",
                "opt|enable_bias|false|enable_bias \"false\" is not supported",
            })
    void shouldRefuseASettingThatTheFamilyDoesNotSupport(String model, String name, String json, String complaint)
            throws IOException {
        // Given
        Path folder = Goldens.copy("models/" + model, temp.resolve("model"));
        edit(folder.resolve("config.json"), config -> config.set(name, parse(json)));

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldReadTheManifest() throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama2", temp.resolve("model"));
        Files.writeString(
                folder.resolve("temper.json"),
                "{\"kind\":\"generator\",\"base\":\"tiny\",\"subspaces\":{\"toxicity\":\"toxicity.json\"},"
                        + "\"provenance\":{\"data\":\"abc\"}}");

        // When
        TemperManifest manifest = ModelFolder.open(folder).manifest().orElseThrow();

        // Then
        assertThat(manifest.kind()).isEqualTo("generator");
        assertThat(manifest.subspaces()).containsEntry("toxicity", folder.resolve("toxicity.json"));
        assertThat(manifest.provenance()).containsKey("data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.json", "/etc/passwd", ""})
    void shouldRefuseASubspaceOutsideTheFolder(String path) throws IOException {
        // Given
        Path folder = Goldens.copy("models/llama2", temp.resolve("model"));
        Files.writeString(folder.resolve("temper.json"), "{\"subspaces\":{\"toxicity\":\"" + path + "\"}}");

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("must lie in the model folder");
    }

    private static com.fasterxml.jackson.databind.JsonNode parse(String json) {
        return JsonSettings.parse("test", ("{\"x\":" + json + "}").getBytes(StandardCharsets.UTF_8))
                .get("x");
    }

    private static void edit(Path file, Consumer<ObjectNode> change) throws IOException {
        ObjectNode config = JsonSettings.parse("test", Files.readAllBytes(file));
        change.accept(config);
        Files.write(file, JsonSettings.JSON.writeValueAsBytes(config));
    }
}
