package dev.temper.app.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.policies.PolicyReading.Invalid;
import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policies.PolicyReading.Withdrawn;
import dev.temper.app.policy.Action;
import dev.temper.app.policy.Blocklist;
import dev.temper.app.policy.CategoryRule;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Phrases;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.TenantPolicy;
import dev.temper.schemas.event.PolicyBlocklist;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PolicyRewrite;
import dev.temper.schemas.event.PolicyRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Blocklist LIST = new Blocklist(Action.REWRITE, new Phrases(List.of("quince", "rotten apple")));

    static Stream<Policy> policies() {
        return Stream.of(
                new FlagPolicy(
                        "v1",
                        "no",
                        new CategoryRule(0.4, Action.AUDIT),
                        Map.of("toxic", new CategoryRule(0.7, Action.REWRITE)),
                        Map.of("fruit", LIST),
                        new RewriteRule(1, 3, 2, 9, Action.AUDIT)),
                new TenantPolicy("acme/eu", "a-1", null, null, Map.of(), Map.of(), null),
                new TenantPolicy(
                        "acme",
                        "a.2",
                        "nope",
                        CategoryRule.DEFAULT,
                        Map.of("toxic", CategoryRule.DEFAULT),
                        Map.of("fruit", LIST),
                        RewriteRule.DEFAULT));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void shouldReadWhatItWrote(Policy policy) {
        // When
        PolicyReading reading = PolicyReading.of(PolicyEvents.key(policy), PolicyEvents.event(policy, NOW));

        // Then
        assertThat(reading).isEqualTo(new Valid(policy));
    }

    private static PolicyEvent.Builder good() {
        return PolicyEvent.newBuilder().setVersion("v1").setPublishedAt(NOW);
    }

    static Stream<Arguments> invalid() {
        var action = dev.temper.schemas.event.Action.BLOCK;
        var unknown = dev.temper.schemas.event.Action.UNKNOWN;
        return Stream.of(
                Arguments.of("/v2", good(), "its key must be '/v1'"),
                Arguments.of("acme/v1", good(), "its key must be '/v1'"),
                Arguments.of("/v1", good().setTenant("acme"), "its key must be 'acme/v1'"),
                Arguments.of("/", good().setVersion(""), "version must be"),
                Arguments.of("/a+b", good().setVersion("a+b"), "version must be"),
                Arguments.of("/v1", good().setTenant(" "), "tenant must have"),
                Arguments.of("/v1", good().setRefusal(" "), "refusal must not be blank"),
                Arguments.of("/v1", good().setDefaultRule(new PolicyRule(0.0, action)), "default_rule: threshold"),
                Arguments.of(
                        "/v1",
                        good().setCategories(Map.of("toxic", new PolicyRule(0.5, unknown))),
                        "category toxic: the action is unknown"),
                Arguments.of(
                        "/v1",
                        good().setBlocklists(Map.of("fruit", new PolicyBlocklist(action, List.of("!")))),
                        "blocklist fruit: phrase 1"),
                Arguments.of(
                        "/v1",
                        good().setBlocklists(Map.of("a b", new PolicyBlocklist(action, List.of("x")))),
                        "blocklists must be named"),
                Arguments.of(
                        "/v1", good().setRewrite(new PolicyRewrite(0, 2.0, 1.0, 8.0, action)), "rewrite: max_rounds"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void shouldSayWhatIsWrongWithAnInvalidOne(String key, PolicyEvent.Builder event, String reason) {
        // When
        PolicyReading reading = PolicyReading.of(key, event.build());

        // Then
        assertThat(reading).isInstanceOf(Invalid.class);
        assertThat(((Invalid) reading).reason()).contains(reason);
    }

    @Test
    void shouldKeepReasonsShortWhateverARecordHolds() {
        // Given
        PolicyEvent event = good().setCategories(
                        Map.of("x".repeat(5_000), new PolicyRule(2.0, dev.temper.schemas.event.Action.BLOCK)))
                .build();

        // When
        PolicyReading reading = PolicyReading.of("/v1", event);

        // Then
        assertThat(((Invalid) reading).reason()).hasSizeLessThan(400);
    }

    @Test
    void shouldReadNoValueAsAWithdrawal() {
        assertThat(PolicyReading.of("/v1", null)).isEqualTo(new Withdrawn());
    }
}
