package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.training.metrics.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All numbers of an evaluation. Intervals are 95 %, by bootstrap over rows.
 *
 * @param about judge, scorer, seed, machine
 * @param systems in the plan's order
 * @param suites in the plan's order
 */
public record Results(ObjectNode about, List<SystemFacts> systems, List<SuiteResults> suites) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    public Results {
        systems = List.copyOf(systems);
        suites = List.copyOf(suites);
    }

    /** What answers: a name of the plan, and everything that the answers depend on. */
    public record SystemFacts(String name, ObjectNode identity) {}

    /**
     * One table.
     *
     * @param description what was measured on what
     * @param rows in the plan's order of systems
     */
    public record SuiteResults(String name, ObjectNode description, List<SystemResults> rows) {
        public SuiteResults {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One system in one suite.
     *
     * @param missing why it has no numbers, if it has none
     * @param size rows measured
     * @param tokensPerSecond tokens over the time that measuring took; NaN where a suite counts no tokens
     */
    public record SystemResults(
            String system, Optional<String> missing, int size, double tokensPerSecond, List<Measured> numbers) {
        public SystemResults {
            numbers = List.copyOf(numbers);
        }
    }

    /**
     * One number.
     *
     * @param measure its name
     * @param group part of the data; empty = all
     * @param decimals shown in tables
     * @param samples rows that it was taken over
     * @param value with its interval
     * @param change difference from the first system's on the same rows, with its interval; empty for the first system,
     *     and for a number that is a comparison with it already
     */
    public record Measured(
            String measure,
            Optional<String> group,
            int decimals,
            int samples,
            Interval value,
            Optional<Interval> change) {}

    /**
     * Writes {@code results.md}, {@code results.json} and {@code plots}.
     *
     * @throws TemperException if the folder cannot be written to
     */
    public void write(Path folder) {
        try {
            Files.createDirectories(folder);
            ResultsPlots.write(this, folder.resolve("plots"));
            Files.writeString(folder.resolve("results.md"), toMarkdown());
            Files.writeString(folder.resolve("results.json"), JSON.writeValueAsString(toJson()) + "\n");
        } catch (IOException e) {
            throw new TemperException(
                    "cannot write in " + folder + " (" + e.getClass().getSimpleName()
                            + "); check its permissions, or name another --out folder",
                    e);
        }
    }

    /** Tables, and what they were made of. */
    public String toMarkdown() {
        return ResultsMarkdown.of(this);
    }

    /** The number of a measure over all rows, if the system has it. */
    static Optional<Measured> number(SystemResults row, String measure) {
        return row.numbers().stream()
                .filter(number ->
                        number.measure().equals(measure) && number.group().isEmpty())
                .findFirst();
    }

    /** The same for programs. */
    public ObjectNode toJson() {
        return ResultsJson.of(this);
    }
}
