package dev.temper.tests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromQlTest {

    @Test
    void shouldFindSelectorsAndLabelsAndNothingElse() {
        // Given
        String expression = """
                histogram_quantile(0.95, sum by (job, le) (rate(a_bucket{job="x", path=~".*{}.*"}[5m]))) > 5e3 # by (z)
                  and on (job) group_left (version)
                sum(increase(b_total[1h:1m] offset 5m)) without (pod) or topk(3, c) / ignoring (q) {__name__="d"} unless bool:rule
                """;

        // When
        PromQl parsed = PromQl.of(expression);

        // Then
        assertThat(parsed.selectors())
                .containsExactly(
                        "a_bucket{job=\"x\",path=~\".*{}.*\"}", "b_total", "c", "{__name__=\"d\"}", "bool:rule");
        assertThat(parsed.labels()).containsExactly("job", "le", "version", "pod", "q");
    }
}
