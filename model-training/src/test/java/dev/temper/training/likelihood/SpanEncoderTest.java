package dev.temper.training.likelihood;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.TinyModel;
import dev.temper.training.likelihood.SpanEncoder.EncodedPair;
import dev.temper.training.likelihood.SpanEncoder.Pair;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpanEncoderTest {

    @Test
    void shouldEncodeContextAndContinuationAsOneText() {
        // Given: a blank at the context's end, or at the continuation's beginning
        try (SpanEncoder encoder = SpanEncoder.load(TinyModel.open("gpt2"));
                Tokenizer tokenizer = Tokenizer.load(TinyModel.open("gpt2").path())) {

            // When
            List<EncodedPair> pairs = encoder.encode(
                    List.of(new Pair("The river turns ", "slowly past"), new Pair("The river turns", " slowly past")));

            // Then
            int[] whole = tokenizer.encode("The river turns slowly past", true);
            int start = tokenizer.encode("The river turns", true).length;
            for (EncodedPair pair : pairs) {
                assertThat(pair.span().ids()).isEqualTo(whole);
                assertThat(pair.span().start()).isEqualTo(start);
                assertThat(pair.dropped()).isZero();
            }
        }
    }

    @Test
    void shouldJudgeATokenThatSpansTheBorder() {
        // Given: a word that is cut where its tokens are not
        try (SpanEncoder encoder = SpanEncoder.load(TinyModel.open("gpt2"));
                Tokenizer tokenizer = Tokenizer.load(TinyModel.open("gpt2").path())) {
            int[] whole = tokenizer.encode("The river", false);
            assertThat(tokenizer.encode("The rive", false)).isNotEqualTo(Arrays.copyOf(whole, whole.length - 1));

            // When
            EncodedPair pair =
                    encoder.encode(List.of(new Pair("The rive", "r"))).get(0);

            // Then
            assertThat(pair.span().ids()).isEqualTo(whole);
            assertThat(pair.span().judged()).isPositive();
        }
    }

    @Test
    void shouldPutWhatTheTokenizerPutsBeforeEveryTextAndABeginningWhereNothingPrecedes() {
        // Given
        try (SpanEncoder llama = SpanEncoder.load(TinyModel.open("llama32"));
                SpanEncoder gpt2 = SpanEncoder.load(TinyModel.open("gpt2"))) {

            // When
            int[] afterBos = llama.encode(List.of(new Pair("The", " river")))
                    .get(0)
                    .span()
                    .ids();
            int[] plain = gpt2.encode(List.of(new Pair("The", " river")))
                    .get(0)
                    .span()
                    .ids();
            TokenSpan alone =
                    gpt2.encode(List.of(new Pair("", "The river"))).get(0).span();

            // Then
            assertThat(afterBos[0]).isEqualTo(1000);
            assertThat(Arrays.stream(afterBos).filter(id -> id == 1000).count()).isOne();
            assertThat(plain[0]).isNotEqualTo(960);
            assertThat(alone.ids()[0]).isEqualTo(960);
            assertThat(alone.start()).isOne();
        }
    }

    @Test
    void shouldDropTheContextsBeginningWhereItDoesNotFit() {
        // Given: positions for 128 tokens, the last of which need not be read
        try (SpanEncoder encoder = SpanEncoder.load(TinyModel.open("llama32"))) {
            String tooLong = " river".repeat(200);

            // When
            EncodedPair pair =
                    encoder.encode(List.of(new Pair(tooLong, " mill"))).get(0);

            // Then
            assertThat(pair.dropped()).isPositive();
            assertThat(pair.span().ids()).hasSize(129).startsWith(1000);
            assertThat(pair.span().judged())
                    .isEqualTo(encoder.encode(List.of(new Pair("river", " mill")))
                            .get(0)
                            .span()
                            .judged());
            assertThatThrownBy(() -> encoder.encode(List.of(new Pair("mill", tooLong))))
                    .isInstanceOf(TemperException.class)
                    .hasMessageContaining("reads 128 at once")
                    .hasMessageNotContaining("river");
        }
    }
}
