package dev.temper.app.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriteRuleTest {
    private static final RewriteRule RULE = new RewriteRule(3, 2, 1, 5, Action.BLOCK);

    @ParameterizedTest
    @CsvSource({"0, 1", "0.25, 1", "1, 2", "2, 4", "4, 5", "5, 5", "9, 9"})
    void shouldRaiseUpToItsBoundAndLowerNothing(double before, double after) {
        assertThat(RULE.raised(Map.of("toxicity", before))).containsExactly(Map.entry("toxicity", after));
    }

    @Test
    void shouldEndWithItsRoundsOrWhenNothingRises() {
        assertThat(RULE.hasRound(3, Map.of("toxicity", 2.0))).isTrue();
        assertThat(RULE.hasRound(4, Map.of("toxicity", 2.0))).isFalse();
        assertThat(RULE.hasRound(1, Map.of("toxicity", 5.0))).isFalse();
        assertThat(RULE.hasRound(1, Map.of("toxicity", 5.0, "threat", 0.0))).isTrue();
        assertThat(RULE.hasRound(1, Map.of())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 1, 5, BLOCK, max_rounds",
        "9, 2, 1, 5, BLOCK, max_rounds",
        "1, 1, 1, 5, BLOCK, beta_factor",
        "1, NaN, 1, 5, BLOCK, beta_factor",
        "1, 2, 0, 5, BLOCK, first_beta",
        "1, 2, 6, 5, BLOCK, max_beta",
        "1, 2, 1, Infinity, BLOCK, max_beta",
        "1, 2, 1, 5, REWRITE, fallback",
        "1, 2, 1, 5, ALLOW, fallback",
    })
    void shouldRefuseWhatIsOutOfRange(int rounds, double factor, double first, double most, Action then, String key) {
        assertThatThrownBy(() -> new RewriteRule(rounds, factor, first, most, then))
                .hasMessageContaining(key);
    }
}
