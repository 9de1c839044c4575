package dev.temper.benchmarks.decode;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelShapeTest {

    /** Published parameter counts, less the tables of which a pass reads single rows. */
    @ParameterizedTest
    @CsvSource({
        "gpt2-small, 123653376", // 124,439,808 less 1024 x 768 positions
        "llama-3.2-1b, 1235814400",
        "llama-3.1-8b, 7504924672" // 8,030,261,248 less 128,256 x 4096 of the embedding
    })
    void shouldCountTheWeightsThatAPassReads(String name, long expected) {
        // When
        long elements = ModelShape.find(name).elementsReadByAPass();

        // Then
        assertThat(elements).isEqualTo(expected);
    }
}
