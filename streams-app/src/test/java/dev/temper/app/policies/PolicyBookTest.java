package dev.temper.app.policies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.policies.PolicyBook.Entry;
import dev.temper.app.policies.PolicyReading.Invalid;
import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policies.PolicyReading.Withdrawn;
import dev.temper.app.policy.CategoryRule;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.TenantPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyBookTest {
    private final PolicyBook book = new PolicyBook(FlagPolicy.DEFAULT);

    private static FlagPolicy everyones(String version) {
        return new FlagPolicy(version, "no", CategoryRule.DEFAULT, Map.of(), Map.of(), RewriteRule.DEFAULT);
    }

    private static TenantPolicy acmes(String version) {
        return new TenantPolicy("acme", version, null, null, Map.of(), Map.of(), null);
    }

    private static Entry entry(Policy policy, long offset) {
        return new Entry(PolicyEvents.key(policy), offset, new Valid(policy));
    }

    @Test
    void shouldBeginWithTheConfigurations() {
        assertThat(book.policyFor("anyone")).isEqualTo(FlagPolicy.DEFAULT);
    }

    @Test
    void shouldHaveTheNewestInForceForEachTenant() {
        // When
        book.put(entry(everyones("v1"), 0));
        book.put(entry(acmes("a1"), 1));
        book.put(entry(everyones("v2"), 2));

        // Then
        assertThat(book.policyFor("acme").version()).isEqualTo("v2+a1");
        assertThat(book.policyFor("default").version()).isEqualTo("v2");
        assertThat(book.isInForce(acmes("a1"))).isTrue();
        assertThat(book.isInForce(everyones("v1"))).isFalse();
    }

    @Test
    void shouldKeepTheLastValidOneWhenAnInvalidOneComes() {
        // Given
        book.put(entry(everyones("v1"), 0));

        // When
        book.put(new Entry("/v2", 1, new Invalid("scripted")));

        // Then
        assertThat(book.everyones().version()).isEqualTo("v1");
        assertThat(book.entries()).hasSize(2);
    }

    @Test
    void shouldGoBackWhenAVersionIsPublishedAgainOrTheNewestIsWithdrawn() {
        // Given
        book.put(entry(everyones("v1"), 0));
        book.put(entry(everyones("v2"), 1));

        // When
        book.put(entry(everyones("v1"), 2));
        String again = book.everyones().version();
        book.put(new Entry("/v1", 3, new Withdrawn()));

        // Then
        assertThat(again).isEqualTo("v1");
        assertThat(book.everyones().version()).isEqualTo("v2");
    }

    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    /** Compaction keeps the last record of each key and may or may not have come to any of the earlier ones. */
    @ParameterizedTest
    @MethodSource("seeds")
    void shouldSayTheSameWhateverCompactionHasRemoved(int seed) {
        // Given
        Random random = new Random(seed);
        List<Entry> log = new ArrayList<>();
        for (int offset = 0; offset < 12; offset++) {
            String version = "v" + random.nextInt(4);
            Entry valid = entry(random.nextBoolean() ? everyones(version) : acmes(version), offset);
            int kind = random.nextInt(5);
            log.add(
                    kind < 3
                            ? valid
                            : new Entry(valid.key(), offset, kind == 3 ? new Invalid("scripted") : new Withdrawn()));
        }
        List<Entry> compacted = log.stream()
                .filter(entry -> random.nextBoolean()
                        || log.stream()
                                .noneMatch(later -> later.offset() > entry.offset()
                                        && later.key().equals(entry.key())))
                .toList();

        // When
        log.forEach(book::put);
        PolicyBook restored = new PolicyBook(FlagPolicy.DEFAULT);
        compacted.forEach(restored::put);

        // Then
        assertThat(restored.policyFor("acme")).isEqualTo(book.policyFor("acme"));
        assertThat(restored.everyones()).isEqualTo(book.everyones());
        assertThat(restored.entries()).isEqualTo(book.entries());
    }
}
