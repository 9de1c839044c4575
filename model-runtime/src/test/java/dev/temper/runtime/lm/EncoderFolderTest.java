package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ClassificationHead.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderFolderTest {

    private final Path temp;

    EncoderFolderTest(@TempDir Path temp) {
        this.temp = temp;
    }

    @Test
    void shouldReadASettingForEachFieldOfTheConfig() {
        // When
        ModelFolder model = ModelFolder.open(Goldens.folder("classifiers/roberta"));

        // Then
        EncoderConfig expected = new EncoderConfig(
                EncoderFamily.ROBERTA,
                905,
                64,
                3,
                4,
                256,
                1e-5,
                130,
                1,
                OptionalInt.of(0),
                List.of(2),
                OptionalInt.of(1),
                ElementType.FLOAT32);
        assertThat(model.kind()).isEqualTo(ModelKind.SEQUENCE_CLASSIFICATION);
        assertThat(model.config()).isEqualTo(expected);
        assertThat(expected.maxTokens()).isEqualTo(128);
        assertThat(model.classification())
                .contains(new ClassificationHead(List.of("neutral", "toxic"), Problem.SINGLE_LABEL));
    }

    @Test
    void shouldReadLabelsOfTheOtherFamilies() {
        // When
        ModelFolder bert = ModelFolder.open(Goldens.folder("classifiers/bert_multilabel"));
        ModelFolder distilBert = ModelFolder.open(Goldens.folder("classifiers/distilbert"));

        // Then
        assertThat(bert.classification())
                .contains(new ClassificationHead(
                        List.of("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_attack"),
                        Problem.MULTI_LABEL));
        assertThat(distilBert.classification())
                .contains(new ClassificationHead(List.of("LABEL_0", "LABEL_1"), Problem.SINGLE_LABEL));
    }

    @ParameterizedTest
    @CsvSource({
        "bert, 30522, 12, 512, 2, 512",
        "roberta, 50265, 12, 512, 2, 510",
        "distilbert, 30522, 6, 512, 0, 512",
    })
    void shouldTakeTheReferencesDefaultsForWhatTheConfigLeavesOut(
            String modelType, int vocab, int layers, int positions, int tokenTypes, int maxTokens) throws IOException {
        // Given
        Path folder = Goldens.copy("classifiers/distilbert", temp.resolve("model"));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"" + modelType + "\"}");

        // When
        EncoderConfig config = (EncoderConfig) ModelFolder.open(folder).config();

        // Then
        assertThat(config.modelType()).isEqualTo(modelType);
        assertThat(List.of(config.vocab(), config.layers(), config.positions(), config.tokenTypes()))
                .containsExactly(vocab, layers, positions, tokenTypes);
        assertThat(List.of(config.hidden(), config.heads(), config.intermediate()))
                .containsExactly(768, 12, 3072);
        assertThat(config.layerNormEps()).isEqualTo(1e-12);
        assertThat(config.shape().maxPositions()).isEqualTo(maxTokens);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bert_multilabel|architectures|[\"BertForMaskedLM\"]|architectures \"BertForMaskedLM\" is not supported",
                "bert_multilabel|model_type|\"albert\"|opt, bert, distilbert, roberta",
                "bert_multilabel|position_embedding_type|\"relative_key\"|position_embedding_type \"relative_key\" is not",
                "bert_multilabel|hidden_act|\"gelu_new\"|hidden_act \"gelu_new\" is not supported; supported: gelu",
                "distilbert|activation|\"relu\"|activation \"relu\" is not supported",
                "bert_multilabel|is_decoder|true|is_decoder \"true\" is not supported",
                "bert_multilabel|add_cross_attention|true|add_cross_attention \"true\" is not supported",
                "bert_multilabel|pruned_heads|{\"0\":[1]}|pruned_heads",
                "bert_multilabel|quantization_config|{\"quant_method\":\"gptq\"}|quantization_config \"gptq\"",
                "bert_multilabel|num_attention_heads|5|hidden size 64 is not a multiple",
                "bert_multilabel|type_vocab_size|0|type_vocab_size must be in [1,",
                "bert_multilabel|layer_norm_eps|0|layer_norm_eps must be in (0, 1)",
                "bert_multilabel|problem_type|\"regression\"|problem_type \"regression\" is not supported",
                "roberta|pad_token_id|null|pad_token_id is missing",
                "roberta|pad_token_id|129|leaves none of max_position_embeddings 130",
            })
    void shouldRefuseByNameWhatIsWrongOrNotSupported(String golden, String setting, String value, String complaint)
            throws IOException {
        // Given
        Path folder = Goldens.copy("classifiers/" + golden, temp.resolve("model"));
        Path file = folder.resolve("config.json");
        ObjectNode config = JsonSettings.parse("test", Files.readAllBytes(file));
        config.set(
                setting,
                JsonSettings.parse("test", ("{\"x\":" + value + "}").getBytes(StandardCharsets.UTF_8))
                        .get("x"));
        Files.write(file, JsonSettings.JSON.writeValueAsBytes(config));

        // When / Then
        assertThatThrownBy(() -> ModelFolder.open(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(complaint);
    }
}
