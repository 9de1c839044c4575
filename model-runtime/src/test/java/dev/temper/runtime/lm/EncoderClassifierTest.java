package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderClassifierTest {
    private static final TypedTokens SHORT = TypedTokens.single(new int[] {2, 40, 3});
    private static final TypedTokens LONG = TypedTokens.single(new int[] {2, 41, 42, 43, 44, 45, 3});

    @ParameterizedTest
    @ValueSource(strings = {"bert_multilabel", "roberta", "distilbert"})
    void shouldReadATextInABatchAsItReadsItAlone(String golden) {
        try (SequenceClassifier classifier = load(golden)) {
            // When
            float[][] together = classifier.logits(List.of(SHORT, LONG));
            float[][] hidden = classifier.hidden(List.of(SHORT, LONG));

            // Then
            assertThat(together[0]).containsExactly(classifier.logits(List.of(SHORT))[0], within(5e-6f));
            assertThat(together[1]).containsExactly(classifier.logits(List.of(LONG))[0], within(5e-6f));
            assertThat(hidden[0]).hasSize(3 * 64);
            assertThat(hidden[1]).hasSize(7 * 64);
        }
    }

    @Test
    void shouldTellASecondTextFromTheFirst() {
        try (SequenceClassifier classifier = load("bert_multilabel")) {
            // Given
            TypedTokens pair = new TypedTokens(LONG.ids(), new int[] {0, 0, 0, 1, 1, 1, 1});

            // When
            float[][] logits = classifier.logits(List.of(LONG, pair));

            // Then
            assertThat(Math.abs(logits[0][0] - logits[1][0])).isGreaterThan(1e-3f);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta", "distilbert"})
    void shouldNotReadTypesThatTheReferenceDoesNotRead(String golden) {
        try (SequenceClassifier classifier = load(golden)) {
            // Given
            TypedTokens pair = new TypedTokens(LONG.ids(), new int[] {0, 0, 0, 1, 1, 1, 1});

            // When
            float[][] logits = classifier.logits(List.of(LONG, pair));

            // Then
            assertThat(logits[0]).isEqualTo(logits[1]);
        }
    }

    @Test
    void shouldReadATextAsLongAsThePositionsOfRoberta() {
        try (SequenceClassifier classifier = load("roberta")) {
            // Given
            TypedTokens longest = TypedTokens.single(new int[classifier.maxTokens()]);
            TypedTokens tooLong = TypedTokens.single(new int[classifier.maxTokens() + 1]);

            // When
            float[][] logits = classifier.logits(List.of(longest));

            // Then
            assertThat(classifier.maxTokens()).isEqualTo(128);
            assertThat(logits[0]).hasSize(2);
            assertThatThrownBy(() -> classifier.logits(List.of(tooLong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 128 tokens");
        }
    }

    @Test
    void shouldRefuseWhatItsTablesDoNotHold() {
        try (SequenceClassifier classifier = load("bert_multilabel")) {
            // Given
            TypedTokens unknownType = new TypedTokens(new int[] {2, 3}, new int[] {0, 2});
            TypedTokens unknownToken = TypedTokens.single(new int[] {1000});

            // When / Then
            assertThatThrownBy(() -> classifier.logits(List.of(unknownType))).hasMessageContaining("token type 2");
            assertThatThrownBy(() -> classifier.logits(List.of(unknownToken))).hasMessageContaining("token id 1000");
            assertThatThrownBy(() -> classifier.logits(List.of())).hasMessageContaining("at least one text");
        }
    }

    private static SequenceClassifier load(String golden) {
        return SequenceClassifier.load(
                ModelFolder.open(Goldens.folder("classifiers/" + golden)),
                TorchRuntime.open("cpu", 1),
                ElementType.FLOAT32,
                LoadProgress.SILENT);
    }
}
