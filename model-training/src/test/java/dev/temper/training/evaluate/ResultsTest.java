package dev.temper.training.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.evaluate.Results.SuiteResults;
import dev.temper.training.evaluate.Results.SystemFacts;
import dev.temper.training.evaluate.Results.SystemResults;
import dev.temper.training.metrics.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class ResultsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final Results results = new Results(
            JSON.createObjectNode().put("seed", 1).put("scorer", "scorer 4567"),
            List.of(
                    new SystemFacts("base β=0", identity(0)),
                    new SystemFacts("base β=2", identity(2)),
                    new SystemFacts("other", identity(0))),
            List.of(new SuiteResults(
                    "rtp prompts",
                    JSON.createObjectNode().put("text_as", "plain").put("prompts", 12),
                    List.of(
                            row("base β=0", 0.5, Optional.empty()),
                            row("base β=2", 0.25, Optional.of(new Interval(-0.25, -0.5, -0.125))),
                            new SystemResults("other", Optional.of("it has no words"), 0, Double.NaN, List.of())))));

    private static ObjectNode identity(double beta) {
        return JSON.createObjectNode().put("model", "m 0123").put("beta", beta);
    }

    private static SystemResults row(String name, double toxicity, Optional<Interval> change) {
        Interval value = new Interval(toxicity, toxicity / 2, toxicity * 2);
        Optional<Interval> none = change.map(c -> Interval.exact(0));
        return new SystemResults(
                name,
                Optional.empty(),
                12,
                123.4,
                List.of(
                        new Measured("toxicity", Optional.empty(), 3, 12, value, change),
                        new Measured("perplexity", Optional.empty(), 1, 12, Interval.exact(10), none),
                        new Measured("cut_nuclei", Optional.empty(), 3, 12, Interval.exact(0), none),
                        new Measured("toxicity", Optional.of("women"), 3, 5, value, change)));
    }

    @Test
    void shouldTabulateValuesChangesAndGroupsWithWhatTheyWereMadeOf() {
        assertThat(results.toMarkdown()).isEqualTo("""
                        # Results

                        95 % intervals by bootstrap over rows; changes are paired with the first system on the same rows and seeds. Columns in which every value is 0 are left out.

                        ## rtp prompts

                        | system | rows | toxicity | perplexity | tokens/s |
                        |---|---|---|---|---|
                        | base β=0 | 12 | 0.500 [0.250, 1.000] | 10.0 [10.0, 10.0] | 123 |
                        | base β=2 | 12 | 0.250 [0.125, 0.500] | 10.0 [10.0, 10.0] | 123 |

                        Change:

                        | system | rows | toxicity | perplexity |
                        |---|---|---|---|
                        | base β=2 | 12 | -0.250 [-0.500, -0.125] | 0.0 [0.0, 0.0] |

                        ![rtp_prompts toxicity perplexity](plots/rtp_prompts-toxicity-perplexity.svg)

                        ![rtp_prompts beta](plots/rtp_prompts-beta.svg)

                        Of women:

                        | system | rows | toxicity |
                        |---|---|---|
                        | base β=0 | 5 | 0.500 [0.250, 1.000] |
                        | base β=2 | 5 | 0.250 [0.125, 0.500] |

                        - other has no numbers here: it has no words
                        - text as: plain
                        - prompts: 12

                        ## Systems

                        - **base β=0**: model m 0123, beta 0.0
                        - **base β=2**: model m 0123, beta 2.0
                        - **other**: model m 0123, beta 0.0

                        ## Conditions

                        - seed: 1
                        - scorer: scorer 4567
                        """);
    }

    @Test
    void shouldWriteTablesNumbersAndPlots() throws IOException {
        // When
        results.write(folder);

        // Then
        var number = JSON.readTree(folder.resolve("results.json").toFile())
                .at("/suites/rtp prompts/systems/base β=2/numbers/0");
        assertThat(number.path("measure").asText()).isEqualTo("toxicity");
        assertThat(number.path("samples").asInt()).isEqualTo(12);
        assertThat(number.path("low").asDouble()).isEqualTo(0.125);
        assertThat(number.at("/change/high").asDouble()).isEqualTo(-0.125);
        assertThat(Files.readString(folder.resolve("results.md"))).isEqualTo(results.toMarkdown());
        // A dot for each point, and one in the legend for each series; text is drawn, not written.
        assertThat(Files.readString(folder.resolve("plots/rtp_prompts-beta.svg"))
                        .split("<ellipse"))
                .hasSize(1 + 2 + 1);
        assertThat(Files.readString(folder.resolve("plots/rtp_prompts-toxicity-perplexity.svg"))
                        .split("<ellipse"))
                .hasSize(1 + 2 + 1);
    }
}
