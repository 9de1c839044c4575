package dev.temper.app.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.policy.Verdict.CategoryVerdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagPolicyTest {
    private static final FlagPolicy POLICY = new FlagPolicy(
            "v1",
            "no",
            CategoryRule.DEFAULT,
            Map.of(
                    "insult", new CategoryRule(0.8, Action.AUDIT),
                    "obscene", new CategoryRule(0.2, Action.ALLOW)),
            Map.of(
                    "fruit", new Blocklist(Action.AUDIT, new Phrases(List.of("quince", "rotten apple"))),
                    "veg", new Blocklist(Action.BLOCK, new Phrases(List.of("turnip"))),
                    "off", new Blocklist(Action.ALLOW, new Phrases(List.of("medlar")))),
            RewriteRule.DEFAULT);

    @ParameterizedTest
    @CsvSource({"0.0, 0", "0.39, 0", "0.4, 2", "0.79, 2", "0.8, 4", "0.89, 4", "0.9, 6", "1.0, 6"})
    void shouldGradeRelativeToTheThreshold(double score, int severity) {
        assertThat(new CategoryRule(0.8, Action.AUDIT).severityOf(score)).isEqualTo(severity);
    }

    @Test
    void shouldAllowWhatExceedsNothing() {
        // When
        Verdict verdict = POLICY.judge(Map.of("toxic", 0.49), "");

        // Then
        assertThat(verdict.action()).isEqualTo(Action.ALLOW);
        assertThat(verdict.flagged()).isFalse();
        assertThat(verdict.policyVersion()).isEqualTo("v1");
    }

    @Test
    void shouldTakeTheStrongestActionOfAllExceededCategories() {
        // Given
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("toxic", 0.5);
        scores.put("insult", 0.95);

        // When
        Verdict verdict = POLICY.judge(scores, "");

        // Then
        assertThat(verdict.action()).isEqualTo(Action.BLOCK);
        assertThat(verdict.severity()).isEqualTo(6);
        assertThat(verdict.categories())
                .containsExactly(
                        new CategoryVerdict("toxic", 0.5, 0.5, true, 4),
                        new CategoryVerdict("insult", 0.95, 0.8, true, 6));
    }

    @Test
    void shouldRecordButNotFlagWhatIsAllowed() {
        // When
        Verdict verdict = POLICY.judge(Map.of("obscene", 0.99), "");

        // Then
        assertThat(verdict.flagged()).isFalse();
        assertThat(verdict.categories()).singleElement().satisfies(c -> assertThat(c.exceeded())
                .isTrue());
    }

    @Test
    void shouldAllowWhatHasNoScores() {
        assertThat(POLICY.judge(Map.of(), "").flagged()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -0.1, 1.1, Double.POSITIVE_INFINITY})
    void shouldRefuseAScoreThatIsNoProbability(double score) {
        assertThatThrownBy(() -> POLICY.judge(Map.of("toxic", score), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("toxic");
    }

    @Test
    void shouldNameAChangedPolicyDifferently() {
        // Given
        FlagPolicy policy = FlagPolicy.DEFAULT;

        // When
        FlagPolicy same = new FlagPolicy(
                "", FlagPolicy.DEFAULT_REFUSAL, CategoryRule.DEFAULT, Map.of(), Map.of(), RewriteRule.DEFAULT);
        FlagPolicy changed = new FlagPolicy(
                "",
                FlagPolicy.DEFAULT_REFUSAL,
                new CategoryRule(0.6, Action.BLOCK),
                Map.of(),
                Map.of(),
                RewriteRule.DEFAULT);

        // Then
        assertThat(same.version()).isEqualTo(policy.version()).isNotBlank();
        assertThat(changed.version()).isNotEqualTo(policy.version());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.01, Double.NaN})
    void shouldRefuseAThresholdOutOfRange(double threshold) {
        assertThatThrownBy(() -> new CategoryRule(threshold, Action.BLOCK)).hasMessageContaining("threshold");
    }

    @Test
    void shouldRefuseABlankRefusal() {
        assertThatThrownBy(() -> new FlagPolicy("", " ", CategoryRule.DEFAULT, Map.of(), Map.of(), RewriteRule.DEFAULT))
                .hasMessageContaining("refusal");
    }

    @ParameterizedTest
    @CsvSource({
        "a ripe QUINCE, AUDIT, blocklist:fruit",
        "one rotten   apple!, AUDIT, blocklist:fruit",
        "a quince and a turnip, BLOCK, blocklist:fruit blocklist:veg",
        "a medlar, ALLOW, ''",
        "an apple rotten, ALLOW, ''",
    })
    void shouldActOnWhatABlocklistFindsAndNameOnlyTheList(String text, Action action, String lists) {
        // When
        Verdict verdict = POLICY.judge(Map.of("toxic", 0.1), text);

        // Then
        assertThat(verdict.action()).isEqualTo(action);
        assertThat(verdict.categories().stream().skip(1).map(CategoryVerdict::category))
                .containsExactly(lists.isEmpty() ? new String[0] : lists.split(" "));
        assertThat(verdict.toString()).doesNotContainIgnoringCase("quince").doesNotContain("turnip");
        assertThat(verdict.categories().stream().skip(1)).allSatisfy(match -> {
            assertThat(match.threshold()).isNull();
            assertThat(match.exceeded()).isTrue();
            assertThat(match.severity()).isEqualTo(6);
        });
    }

    @ParameterizedTest
    @CsvSource({
        // the tenant's own category, everyone's, what neither names
        "toxic,   0.5, AUDIT",
        "insult,  0.8, AUDIT",
        "obscene, 0.9, ALLOW",
        "threat,  0.5, ALLOW",
        "threat,  0.7, REWRITE",
    })
    void shouldLetATenantHaveWhatItNamesAndEveryonesRest(String category, double score, Action action) {
        // Given
        TenantPolicy own = new TenantPolicy(
                "acme",
                "a1",
                null,
                new CategoryRule(0.7, Action.REWRITE),
                Map.of("toxic", new CategoryRule(0.5, Action.AUDIT)),
                Map.of("veg", new Blocklist(Action.ALLOW, new Phrases(List.of("turnip")))),
                null);

        // When
        FlagPolicy effective = POLICY.overriddenBy(own);

        // Then
        assertThat(effective.judge(Map.of(category, score), "").action()).isEqualTo(action);
        assertThat(effective.judge(Map.of(), "turnip").action()).isEqualTo(Action.ALLOW);
        assertThat(effective.judge(Map.of(), "quince").action()).isEqualTo(Action.AUDIT);
        assertThat(effective.version()).isEqualTo("v1+a1");
        assertThat(effective.refusal()).isEqualTo("no");
    }

    @Test
    void shouldNameAPolicyDifferentlyThatOnlyLooksForSomethingElse() {
        assertThat(withPhrase("quince").version())
                .isNotEqualTo(withPhrase("turnip").version());
    }

    private static FlagPolicy withPhrase(String phrase) {
        Blocklist list = new Blocklist(Action.BLOCK, new Phrases(List.of(phrase)));
        return new FlagPolicy("", "no", CategoryRule.DEFAULT, Map.of(), Map.of("l", list), RewriteRule.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "a+b+c", "+", "é"})
    void shouldRefuseAVersionThatCouldNotStandInAKey(String version) {
        assertThatThrownBy(() ->
                        new FlagPolicy(version, "no", CategoryRule.DEFAULT, Map.of(), Map.of(), RewriteRule.DEFAULT))
                .hasMessageContaining("version");
    }

    @Test
    void shouldKeepBlocklistsAndCategoriesApart() {
        assertThatThrownBy(() -> new FlagPolicy(
                        "",
                        "no",
                        CategoryRule.DEFAULT,
                        Map.of("blocklist:x", CategoryRule.DEFAULT),
                        Map.of(),
                        RewriteRule.DEFAULT))
                .hasMessageContaining("blocklists have a section of their own");
    }
}
