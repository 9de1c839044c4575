package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.policy.Action;
import dev.temper.app.policy.Blocklist;
import dev.temper.app.policy.CategoryRule;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Phrases;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.TenantPolicy;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyLoaderTest {
    private static final String FULL = """
            version: v7
            refusal: Not that.
            default_rule: {threshold: 0.6, action: audit}
            categories:
              toxic: {threshold: 0.4, action: rewrite}
            blocklists:
              fruit: {action: block, phrases: [quince, "rotten apple", 42]}
            rewrite: {max_rounds: 3, max_beta: 20}
            """;
    private static final Map<String, CategoryRule> CATEGORIES = Map.of("toxic", new CategoryRule(0.4, Action.REWRITE));
    private static final Map<String, Blocklist> BLOCKLISTS =
            Map.of("fruit", new Blocklist(Action.BLOCK, new Phrases(List.of("quince", "rotten apple", "42"))));

    @Test
    void shouldReadEveryonesWithDefaultsForWhatItLeavesOut() {
        assertThat(PolicyLoader.parse("p", FULL))
                .isEqualTo(new FlagPolicy(
                        "v7",
                        "Not that.",
                        new CategoryRule(0.6, Action.AUDIT),
                        CATEGORIES,
                        BLOCKLISTS,
                        new RewriteRule(3, 2, 1, 20, Action.BLOCK)));
        assertThat(PolicyLoader.parse(
                        "p",
                        "refusal: "
                                + FlagPolicy.DEFAULT_REFUSAL.replace("'", "''").replaceAll("^|$", "'")))
                .isEqualTo(FlagPolicy.DEFAULT);
    }

    @Test
    void shouldReadATenantsWithNothingForWhatItLeavesOut() {
        assertThat(PolicyLoader.parse("p", "tenant: acme\nversion: a1"))
                .isEqualTo(new TenantPolicy("acme", "a1", null, null, Map.of(), Map.of(), null));
        assertThat(PolicyLoader.parse("p", "tenant: acme\n" + FULL))
                .isEqualTo(new TenantPolicy(
                        "acme",
                        "v7",
                        "Not that.",
                        new CategoryRule(0.6, Action.AUDIT),
                        CATEGORIES,
                        BLOCKLISTS,
                        new RewriteRule(3, 2, 1, 20, Action.BLOCK)));
    }

    @Test
    void shouldHaveTheSameKeysInTheConfigurationsSection() {
        // When
        SidecarConfig config = ConfigLoader.parse(
                "test",
                "kafka: {bootstrap.servers: 'none:1'}\nschema_registry: {schema.registry.url: 'http://none'}\npolicy:\n"
                        + FULL.indent(2),
                Path.of(""));

        // Then
        assertThat(config.policy()).isEqualTo(PolicyLoader.parse("p", FULL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                              | p: must hold a policy's keys",
                "tenant: ''                                      | p: tenant must have",
                "categorys: {}                                   | p: categorys is no setting; did you mean categories?",
                "categories: {toxic: {threshold: 2}}             | p: categories.toxic: threshold must be in (0, 1]",
                "blocklists: {fruit: {phrases: [quince]}}        | p: blocklists.fruit: action is missing",
                "blocklists: {fruit: {action: block}}            | p: blocklists.fruit: phrases are missing",
                "blocklists: {fruit: {action: block, phrases: ['!']}} | p: blocklists.fruit.phrases: phrase 1 must have",
                "rewrite: {max_beta: 0.5}                        | p: rewrite: max_beta must be",
                "version: 'a b'                                  | p: version must be",
            })
    void shouldSayInOneLineWhatIsWrong(String text, String error) {
        assertThatThrownBy(() -> PolicyLoader.parse("p", text))
                .isInstanceOf(TemperException.class)
                .hasMessageStartingWith(error)
                .hasMessageNotContaining("quince");
    }
}
