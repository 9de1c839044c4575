package dev.temper.app.policies;

import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.TenantPolicy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which policies are in force. Thread-safe: one thread writes, all read, and wait only for the first read after a change.
 *
 * <p>What is in force follows from the last record of each key and their offsets, and from nothing else: the valid
 * policy with the highest offset, of everyone's and of each tenant's; everyone's is the configuration's where the topic
 * has none. Compaction keeps exactly the last record of each key, with its offset; so a book that is read from the topic
 * again, at whatever time and on whatever machine, says the same as one that was kept up to date.
 */
public final class PolicyBook {

    /** The last record of one key. */
    public record Entry(String key, long offset, PolicyReading reading) {}

    private record Snapshot(FlagPolicy everyones, Map<String, FlagPolicy> tenants) {}

    private final FlagPolicy initial;
    private final Map<String, Entry> entries = new HashMap<>();
    /** Absent after a change, until somebody asks: a topic that is read from its beginning changes it many times. */
    private volatile @Nullable Snapshot snapshot;

    /** @param initial everyone's until the topic has one */
    public PolicyBook(FlagPolicy initial) {
        this.initial = initial;
    }

    /** Takes a record in; one that is not newer than what its key has is the same record again. */
    public synchronized void put(Entry entry) {
        Entry known = entries.get(entry.key());
        if (known == null || known.offset() < entry.offset()) {
            entries.put(entry.key(), entry);
            snapshot = null;
        }
    }

    /** What judges this tenant's answers now. */
    public FlagPolicy policyFor(String tenant) {
        Snapshot now = current();
        return now.tenants().getOrDefault(tenant, now.everyones());
    }

    /** Whether this tenant has a policy of its own. */
    public boolean hasOwn(String tenant) {
        return current().tenants().containsKey(tenant);
    }

    /** What judges answers of tenants without a policy of their own. */
    public FlagPolicy everyones() {
        return current().everyones();
    }

    /** The last record of each key, oldest first; withdrawn ones left out. */
    public synchronized List<Entry> entries() {
        return entries.values().stream()
                .filter(entry -> !(entry.reading() instanceof PolicyReading.Withdrawn))
                .sorted(Comparator.comparingLong(Entry::offset))
                .toList();
    }

    /** Whether no newer one stands in its place. */
    public boolean isInForce(Policy policy) {
        Snapshot now = current();
        if (!(policy instanceof TenantPolicy own)) {
            return now.everyones().equals(policy);
        }
        FlagPolicy its = now.tenants().get(own.tenant());
        return its != null && its.equals(now.everyones().overriddenBy(own));
    }

    private Snapshot current() {
        Snapshot now = snapshot;
        return now == null ? renewed() : now;
    }

    private synchronized Snapshot renewed() {
        Snapshot now = inForce();
        snapshot = now;
        return now;
    }

    private Snapshot inForce() {
        FlagPolicy everyones = initial;
        Map<String, TenantPolicy> newest = new HashMap<>();
        for (Entry entry : entries()) { // oldest first, so the newest is what remains
            if (entry.reading() instanceof Valid valid) {
                Policy policy = valid.policy();
                if (policy instanceof FlagPolicy flagPolicy) {
                    everyones = flagPolicy;
                } else if (policy instanceof TenantPolicy own) {
                    newest.put(own.tenant(), own);
                }
            }
        }
        Map<String, FlagPolicy> tenants = new HashMap<>();
        for (TenantPolicy own : newest.values()) {
            tenants.put(own.tenant(), everyones.overriddenBy(own));
        }
        return new Snapshot(everyones, Map.copyOf(tenants));
    }
}
