package dev.temper.runtime.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ClassificationHead;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Goldens;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ToxicityScorerTest {
    private static final String GOLDEN = "classifiers/llama_cls";

    @Test
    void shouldGiveTheReferencesProbabilities() throws IOException {
        // Given
        List<String> texts = new ArrayList<>();
        List<Double> expected = new ArrayList<>();
        JsonNode golden = new ObjectMapper()
                .readTree(Goldens.folder(GOLDEN).resolve("golden.json").toFile());
        for (JsonNode single : golden.get("cases")) {
            if (!single.has("text_pair") && !single.get("text").asText().isBlank()) {
                texts.add(single.get("text").asText());
                expected.add(single.get("probs").get(0).asDouble());
            }
        }

        // When
        List<Map<String, Double>> scores;
        try (ToxicityScorer scorer = load(Goldens.folder(GOLDEN))) {
            scores = scorer.score(texts);
        }

        // Then
        assertThat(scores).hasSize(8);
        for (int i = 0; i < scores.size(); i++) {
            assertThat(scores.get(i)).containsOnlyKeys("LABEL_0");
            assertThat(scores.get(i).get("LABEL_0")).isCloseTo(expected.get(i), within(2e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bert_multilabel, toxic;severe_toxic;obscene;threat;insult;identity_attack, 0",
        "roberta, toxic, 1",
        "distilbert, LABEL_1, 1",
    })
    void shouldGiveTheReferencesProbabilitiesOfAnEncoder(String golden, String categories, int firstOutput)
            throws IOException {
        // Given
        Path folder = Goldens.folder("classifiers/" + golden);
        List<String> texts = new ArrayList<>();
        List<JsonNode> expected = new ArrayList<>();
        for (JsonNode single : new ObjectMapper()
                .readTree(folder.resolve("golden.json").toFile())
                .get("cases")) {
            if (!single.has("text_pair") && !single.get("text").asText().isBlank()) {
                texts.add(single.get("text").asText());
                expected.add(single.get("probs"));
            }
        }

        // When
        List<Map<String, Double>> scores;
        try (ToxicityScorer scorer = load(folder)) {
            scores = scorer.score(texts);
        }

        // Then
        assertThat(scores).hasSize(8);
        for (int i = 0; i < scores.size(); i++) {
            assertThat(scores.get(i).keySet()).containsExactly(categories.split(";"));
            int output = firstOutput;
            for (double score : scores.get(i).values()) {
                assertThat(score).isCloseTo(expected.get(i).get(output++).asDouble(), within(2e-5));
            }
        }
    }

    @Test
    void shouldGiveZeroForBlankTextsAndNothingForNone() {
        try (ToxicityScorer scorer = load(Goldens.folder(GOLDEN))) {
            assertThat(scorer.score(List.of(" ", "\n")))
                    .containsExactly(Map.of("LABEL_0", 0.0), Map.of("LABEL_0", 0.0));
            assertThat(scorer.score(List.of())).isEmpty();
            assertThat(scorer.id()).isEqualTo("llama_cls");
            assertThat(scorer.hash()).matches("[0-9a-f]{64}");
        }
    }

    @Test
    void shouldCutTextsThatAreLongerThanTheModelReads() {
        try (ToxicityScorer scorer = load(Goldens.folder(GOLDEN))) {
            // Given
            String tooLong = "bread ".repeat(5000);

            // When
            List<Map<String, Double>> scores = scorer.score(List.of(tooLong, tooLong + tooLong));

            // Then
            assertThat(scores.get(0).get("LABEL_0")).isCloseTo(scores.get(1).get("LABEL_0"), within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"neutral, toxic", "LABEL_0, LABEL_1", "Non-Toxic, hate"})
    void shouldLeaveOutTheLabelThatMeansHarmless(String harmless, String category, @TempDir Path temp)
            throws IOException {
        // Given
        Path folder = twoLabels(temp, harmless, category);

        // When
        try (ToxicityScorer scorer = load(folder)) {
            // Then
            assertThat(scorer.categories()).containsExactly(category);
            assertThat(scorer.score(List.of("ok")).get(0).get(category)).isBetween(0.0, 1.0);
        }
    }

    @Test
    void shouldRefuseAClassifierWithoutACategory(@TempDir Path temp) throws IOException {
        // Given
        Path folder = twoLabels(temp, "neutral", "clean");

        // When / Then
        assertThatThrownBy(() -> load(folder))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("only labels that mean harmless");
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveNoProbabilityWhereAnOutputIsNotFinite(ClassificationHead.Problem problem) {
        // Given
        ClassificationHead head = new ClassificationHead(List.of("toxic", "clean"), problem);

        // When / Then
        assertThat(head.probabilities(new float[] {Float.NEGATIVE_INFINITY, 1})).containsOnly(Double.NaN);
        assertThat(head.probabilities(new float[] {0, Float.NaN})).containsOnly(Double.NaN);
        assertThat(head.probabilities(new float[] {-200, 1})).doesNotContain(Double.NaN);
    }

    @Test
    void shouldRefuseAModelThatIsNoClassifier() {
        assertThatThrownBy(() -> load(Goldens.folder("models/llama32")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("a sequence_classification model is needed");
    }

    private static ToxicityScorer load(Path folder) {
        return ToxicityScorer.load(
                ModelFolder.open(folder), TorchRuntime.open("cpu", 1), ElementType.FLOAT32, LoadProgress.SILENT);
    }

    /** The golden classifier with its one output row twice. */
    private static Path twoLabels(Path temp, String first, String second) throws IOException {
        Path folder = Goldens.copy(GOLDEN, temp.resolve("model"));
        Path config = folder.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"0\": \"LABEL_0\"", "\"0\": \"" + first + "\", \"1\": \"" + second + "\""));
        Goldens.duplicateScoreRow(folder);
        return folder;
    }
}
