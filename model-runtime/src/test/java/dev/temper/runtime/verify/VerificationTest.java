package dev.temper.runtime.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Goldens;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.runtime.verify.Difference.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {

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
                "models/opt350m"
            })
    void shouldEqualTheReferenceAtEveryPositionAndInEveryGreedyToken(String golden) {
        // Given
        Path folder = Goldens.folder(golden);

        // When
        VerificationReport report = verify(folder, folder, ElementType.FLOAT32);

        // Then
        assertThat(report.differences())
                .allMatch(Difference::passed)
                .extracting(Difference::name)
                .contains(
                        "prompt3.logits",
                        "prompt0.hidden",
                        "prompt0.all_hidden_states[0]",
                        "prompt0.all_hidden_states[2]",
                        "long.logits",
                        "batch.logits",
                        "batch.hidden",
                        "greedy0.top10_logits",
                        "greedy_batch.top10_logits[3]",
                        "ppl.nll",
                        "perplexity.full",
                        "perplexity.strided");
        assertThat(report.greedy())
                .hasSizeGreaterThanOrEqualTo(12)
                .extracting(TokenAgreement::name)
                .contains("greedy3.tokens", "greedy_batch.tokens[3]", "eos_case.tokens[3]");
        assertThat(report.greedyShare()).isEqualTo(1);
        assertThat(report.sampled()).hasSize(12).allMatch(drawn -> drawn.tokens() > 10);
        assertThat(report.sampledShare()).isEqualTo(1);
        assertThat(report.tokenizer())
                .extracting(TokenAgreement::name)
                .contains("prompt0.input_ids", "batch.input_ids[3]", "ppl.input_ids", "greedy0.tokens as text");
        assertThat(report.tokenizerShare()).isEqualTo(1);
        assertThat(report.notCompared()).allMatch(name -> name.contains("_bf16"));
        assertThat(report.passed()).isTrue();
    }

    @Test
    void shouldRuleOutGreedilyWhatTheGenerationConfigRulesOut(@TempDir Path temp) throws IOException {
        // Given: the goldens were generated without, and say tokens twice
        Path folder = Goldens.copy("models/gpt2", temp.resolve("model"));
        Files.writeString(folder.resolve("generation_config.json"), "{\"no_repeat_ngram_size\": 1}");

        // When
        VerificationReport report = verify(folder, Goldens.folder("models/gpt2"), ElementType.FLOAT32);

        // Then
        assertThat(report.differences()).allMatch(Difference::passed);
        assertThat(report.greedyShare()).isLessThan(1);
        assertThat(report.sampledShare()).isEqualTo(1);
    }

    @Test
    void shouldReadTheNamesOfThePublishedGpt2File() {
        // Given
        Path folder = Goldens.folder("models/gpt2_hubkeys");

        // When
        VerificationReport report = verify(folder, Goldens.folder("models/gpt2"), ElementType.FLOAT32);

        // Then
        assertThat(report.passed()).isTrue();
    }

    @Test
    void shouldEqualTheReferencesClassifier() {
        // Given
        Path folder = Goldens.folder("classifiers/llama_cls");

        // When
        VerificationReport report = verify(folder, folder, ElementType.FLOAT32);

        // Then
        assertThat(report.differences())
                .allMatch(Difference::passed)
                .extracting(Difference::name)
                .contains(
                        "case11.logits",
                        "case0.hidden_last",
                        "batch_left.logits",
                        "batch_right.logits",
                        "pad_no_mask.logits");
        assertThat(report.tokenizer()).hasSize(12);
        assertThat(report.passed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert_multilabel", "roberta", "distilbert"})
    void shouldEqualTheReferencesEncoderClassifier(String golden) {
        // Given
        Path folder = Goldens.folder("classifiers/" + golden);

        // When
        VerificationReport report = verify(folder, folder, ElementType.FLOAT32);

        // Then
        assertThat(report.differences())
                .allMatch(Difference::passed)
                .allMatch(difference -> difference.tolerance() == 2e-5)
                .extracting(Difference::name)
                .contains(
                        "case11.logits",
                        "case11.probs",
                        "case0.hidden_first",
                        "case0.hidden_last",
                        "case0.last_hidden_state",
                        "batch_right.logits");
        assertThat(report.tokenizer()).hasSize(12);
        assertThat(report.passed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "models/llama31, BFLOAT16",
        "models/mistral, FLOAT16",
        "models/gpt2, FLOAT16",
        "models/gpt_neox, BFLOAT16",
        "models/falcon40b, FLOAT16",
        "models/opt350m, FLOAT16",
        "classifiers/llama_cls, BFLOAT16",
        "classifiers/bert_multilabel, FLOAT16",
        "classifiers/distilbert, BFLOAT16",
    })
    void shouldBeNearTheReferenceInHalfPrecision(String golden, ElementType type) {
        // Given
        Path folder = Goldens.folder(golden);

        // When
        VerificationReport report = verify(folder, folder, type);

        // Then
        assertThat(report.passed()).isTrue();
        assertThat(report.worst(Quantity.LOGITS).orElseThrow().maxAbsolute()).isGreaterThan(1e-4);
        assertThat(report.greedyShare()).isGreaterThan(0.2);
        if (golden.equals("models/llama31")) {
            assertThat(report.differences()).extracting(Difference::name).contains("prompt0.logits_bf16");
            assertThat(report.notCompared()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "models/mistral, BFLOAT16, '\"sliding_window\": 16', '\"sliding_window\": 17'",
        "models/gpt_neox, FLOAT16, '\"use_parallel_residual\": true', '\"use_parallel_residual\": false'",
    })
    void shouldNoticeAMistakeInHalfPrecision(
            String golden, ElementType type, String right, String wrong, @TempDir Path temp) throws IOException {
        // Given
        Path folder = Goldens.copy(golden, temp.resolve("model"));
        Path config = folder.resolve("config.json");
        String changed = Files.readString(config).replace(right, wrong);
        Files.writeString(config, changed);

        // When
        VerificationReport report = verify(folder, Goldens.folder(golden), type);

        // Then
        assertThat(changed).contains(wrong);
        assertThat(report.passed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "bert_multilabel, '\"layer_norm_eps\": 1e-12', '\"layer_norm_eps\": 1e-05'",
        "roberta, '\"layer_norm_eps\": 1e-05', '\"layer_norm_eps\": 1e-12'",
    })
    void shouldNoticeAnEncodersWrongEpsilon(String golden, String right, String wrong, @TempDir Path temp)
            throws IOException {
        // Given
        Path folder = Goldens.copy("classifiers/" + golden, temp.resolve("model"));
        Path config = folder.resolve("config.json");
        String changed = Files.readString(config).replace(right, wrong);
        Files.writeString(config, changed);

        // When
        VerificationReport report = verify(folder, Goldens.folder("classifiers/" + golden), ElementType.FLOAT32);

        // Then
        assertThat(changed).contains(wrong);
        assertThat(report.worst(Quantity.LOGITS).orElseThrow().passed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "models/llama31, '\"rms_norm_eps\": 1e-05', '\"rms_norm_eps\": 1e-06'",
        "models/llama31, '\"high_freq_factor\": 4.0', '\"high_freq_factor\": 2.0'",
        "models/mistral, '\"sliding_window\": 16', '\"sliding_window\": 17'",
        "models/gpt2, '\"gelu_new\"', '\"gelu\"'",
        "models/gpt_neox, '\"use_parallel_residual\": true', '\"use_parallel_residual\": false'",
        "models/falcon7b, '\"layer_norm_epsilon\": 1e-05', '\"layer_norm_epsilon\": 1e-06'",
    })
    void shouldNoticeASettingThatIsSlightlyWrong(String golden, String right, String wrong, @TempDir Path temp)
            throws IOException {
        // Given
        Path folder = Goldens.copy(golden, temp.resolve("model"));
        Path config = folder.resolve("config.json");
        String changed = Files.readString(config).replace(right, wrong);
        Files.writeString(config, changed);

        // When
        VerificationReport report = verify(folder, Goldens.folder(golden), ElementType.FLOAT32);

        // Then
        assertThat(changed).contains(wrong);
        assertThat(report.passed()).isFalse();
        assertThat(report.worst(Quantity.LOGITS).orElseThrow().passed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "models/llama32, models/llama2, name the golden folder of this model",
        "models/llama32, classifiers/llama_cls, name the golden folder of this model",
        "classifiers/distilbert, classifiers/llama_cls, name the golden folder of this model",
        "classifiers/roberta, models/llama31, name the golden folder of this model",
        "classifiers/llama_cls, models/llama31, name the golden folder of this model",
    })
    void shouldRefuseTheGoldensOfAnotherModel(String model, String golden, String complaint) {
        assertThatThrownBy(() -> verify(Goldens.folder(model), Goldens.folder(golden), ElementType.FLOAT32))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldNameAMissingGoldenFile(@TempDir Path empty) {
        assertThatThrownBy(() -> verify(Goldens.folder("models/llama32"), empty, ElementType.FLOAT32))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("golden.safetensors");
    }

    @Test
    void shouldCountAValueThatIsNoNumberAsAnInfiniteDifference() {
        // Given
        DifferenceMeter meter = new DifferenceMeter("x", Quantity.LOGITS);

        // When
        meter.add(Double.NaN, 1);
        meter.add(1, 1);

        // Then
        Difference difference = meter.result(Tolerances.BFLOAT16);
        assertThat(difference.passed()).isFalse();
        VerificationReport report = new VerificationReport(
                "m", "h", ElementType.BFLOAT16, List.of(difference), List.of(), List.of(), List.of(), List.of());
        assertThat(report.passed()).isFalse();
    }

    private static VerificationReport verify(Path model, Path golden, ElementType type) {
        return Verification.run(
                ModelFolder.open(model), golden, TorchRuntime.open("cpu", 1), type, LoadProgress.SILENT);
    }
}
