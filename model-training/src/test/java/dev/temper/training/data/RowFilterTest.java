package dev.temper.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowFilterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW =
            "{\"kind\":\"a\",\"toxicity\":0.5,\"hard\":true,\"labels\":{\"group\":\"g\",\"n\":2}}";

    private static RowFilter filter(String conditions) throws IOException {
        return new RowFilter(JSON.readValue(conditions, new TypeReference<Map<String, JsonNode>>() {}));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|true",
                "{\"kind\":\"a\"}|true",
                "{\"kind\":\"b\"}|false",
                "{\"kind\":[\"b\",\"a\"]}|true",
                "{\"hard\":true}|true",
                "{\"hard\":\"true\"}|false",
                "{\"labels.n\":2.0}|true",
                "{\"labels.group\":\"g\",\"kind\":\"b\"}|false",
                "{\"toxicity\":{\"from\":0.5}}|true",
                "{\"toxicity\":{\"from\":0.5,\"to\":0.5}}|true",
                "{\"toxicity\":{\"to\":0.4}}|false",
                "{\"absent\":{\"from\":0}}|false",
                "{\"absent\":\"a\"}|false",
            })
    void shouldLetTheRowsThroughThatFulfilAllConditions(String conditions, boolean accepted) throws IOException {
        assertThat(filter(conditions).accepts((ObjectNode) JSON.readTree(ROW))).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"{\"kind\":[]}", "{\"kind\":{\"form\":1}}", "{\"kind\":{\"from\":\"1\"}}", "{\"kind\":{}}"})
    void shouldRefuseAConditionThatIsNone(String conditions) {
        assertThatThrownBy(() -> filter(conditions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kind must be a value, a list of values, or a range");
    }

    @Test
    void shouldDrawTheSameRowsForASeedAndFewerOfThemAsAPartOfMore() {
        // Given
        List<String> rows = IntStream.range(0, 100).mapToObj(i -> "row" + i).toList();

        // When
        List<String> few = RowDraw.of(rows, 10, 1, row -> row);
        List<String> more = RowDraw.of(rows, 30, 1, row -> row);

        // Then
        assertThat(few).hasSize(10).isSubsetOf(more).isNotEqualTo(rows.subList(0, 10));
        assertThat(more).hasSize(30).isSubsetOf(rows).isEqualTo(RowDraw.of(rows, 30, 1, row -> row));
        assertThat(RowDraw.of(rows, 10, 2, row -> row)).isNotEqualTo(few);
        assertThat(RowDraw.of(rows, 200, 1, row -> row)).isEqualTo(rows);
        assertThat(rows).containsSubsequence(more);
    }
}
