package dev.temper.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import dev.temper.training.data.UtilityRow.LastWord;
import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.data.UtilityRow.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init") // set by JUnit
class UtilityFileTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadEveryForm() throws IOException {
        // Given
        Path file = write(
                "{\"id\":\"mmlu-dev-0\",\"subject\":\"law\",\"query\":\"q\",\"choices\":[\"a\",\"b\"],\"answer\":1}",
                "{\"id\":\"x-0\",\"query\":\"q\",\"choices\":[\"a\",\"b\"],\"answer\":0,\"split\":\"test\"}",
                "{\"id\":\"w\",\"context_options\":[\"a\",\"b\"],\"continuation\":\"c\",\"answer\":0}",
                "{\"id\":\"l\",\"context\":\"a b\",\"continuation\":\"c\",\"more\":1}");
        List<UtilityRow> rows = new ArrayList<>();

        // When
        DataFile data = UtilityFile.read(file, rows::add);

        // Then
        assertThat(data.rows()).isEqualTo(4);
        assertThat(rows)
                .containsExactly(
                        new Question("mmlu-dev-0", Optional.of("law"), Optional.of("dev"), "q", List.of("a", "b"), 1),
                        new Question("x-0", Optional.empty(), Optional.of("test"), "q", List.of("a", "b"), 0),
                        new Schema("w", List.of("a", "b"), "c", 0),
                        new LastWord("l", "a b", "c"));
        assertThat(rows.toString()).doesNotContain("a b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"id\":\"a\"}|has none of the fields",
                "{\"id\":\"a\",\"choices\":[\"x\",\"y\"],\"answer\":0}|has no field \"query\"",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\"],\"answer\":0}|\"choices\" to be a list of at least 2",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\",\"\"],\"answer\":0}|\"choices\", at number 2, no text",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\",3],\"answer\":0}|\"choices\", at number 2, no text",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":2}|a whole number from 0 to 1",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":0.5}|a whole number from 0 to 1",
                "{\"id\":\"a\",\"query\":\"q\",\"choices\":[\"x\",\"y\"]}|has no field \"answer\"",
                "{\"id\":\"a\",\"context_options\":[\"x\",\"y\"],\"answer\":0}|has no field \"continuation\"",
                "{\"id\":\"good\",\"context\":\"x\",\"continuation\":\"y\"}|repeats the id",
                "{\"context\":\"x\",\"continuation\":\"y\"}|has no field \"id\""
            })
    void shouldRefuseABadRowWithFileAndLine(String line, String complaint) throws IOException {
        // Given
        Path file = write("{\"id\":\"good\",\"context\":\"a\",\"continuation\":\"b\"}", line);

        // When, Then
        assertThatThrownBy(() -> UtilityFile.read(file, row -> {}))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(file + " line 2")
                .hasMessageContaining(complaint);
    }

    private Path write(String... lines) throws IOException {
        return Files.write(folder.resolve("rows.jsonl"), List.of(lines));
    }
}
