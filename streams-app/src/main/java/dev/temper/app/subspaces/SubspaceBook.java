package dev.temper.app.subspaces;

import dev.temper.app.subspaces.SubspaceReading.Cause;
import dev.temper.app.subspaces.SubspaceReading.Invalid;
import dev.temper.app.subspaces.SubspaceReading.Valid;
import dev.temper.runtime.sasa.SubspaceVersion;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Which versions of the subspaces are in force: of each name the valid one with the highest offset, and the configured
 * one where the topic has none. That follows from the last record of each key and their offsets, which compaction keeps,
 * and from nothing else. Thread-safe.
 */
public final class SubspaceBook {

    /** The last record of one key. */
    public record Entry(String key, long offset, SubspaceReading reading) {}

    /** Stands for the version of a subspace of which the topic has none. */
    public static final String CONFIGURED = "configured";

    private final Map<String, SubspaceVersion> configured;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<Cause, LongAdder> refused = new EnumMap<>(Cause.class);
    private volatile Map<String, Valid> published = Map.of();

    /** @param configured by name; a record of another name or model is refused */
    public SubspaceBook(Map<String, SubspaceVersion> configured) {
        this.configured = Collections.unmodifiableMap(new LinkedHashMap<>(configured));
        for (Cause cause : Cause.values()) {
            refused.put(cause, new LongAdder());
        }
    }

    /**
     * Takes a record in; one that is not newer than what its key has is the same record again.
     *
     * @return what it is held to be here
     */
    public synchronized SubspaceReading put(String key, long offset, SubspaceReading read) {
        SubspaceReading reading = read instanceof Valid valid ? checked(valid) : read;
        Entry known = entries.get(key);
        if (known == null || known.offset() < offset) {
            entries.put(key, new Entry(key, offset, reading));
            if (reading instanceof Invalid invalid) {
                refused.getOrDefault(invalid.cause(), new LongAdder()).increment();
            }
            published = newest();
        }
        return reading;
    }

    private SubspaceReading checked(Valid valid) {
        String name = valid.event().getName();
        SubspaceVersion own = configured.get(name);
        if (own == null) {
            return new Invalid(Cause.OTHER_MODEL, "engine.subspaces has no subspace named '" + name + "'");
        }
        String model = own.subspace().provenance().modelHash();
        if (!model.equals(valid.event().getModelHash())) {
            return new Invalid(
                    Cause.OTHER_MODEL,
                    "it is of model '" + valid.event().getModelId() + "', with other weights than the one that runs");
        }
        int due = own.subspace().direction().length;
        int has = valid.version().subspace().direction().length;
        return has == due ? valid : new Invalid(Cause.INVALID, "it has " + has + " dimensions and the model " + due);
    }

    private Map<String, Valid> newest() {
        Map<String, Valid> newest = new LinkedHashMap<>();
        for (Entry entry : entries()) { // oldest first, so the newest is what remains
            if (entry.reading() instanceof Valid valid) {
                newest.put(valid.event().getName(), valid);
            }
        }
        return Collections.unmodifiableMap(newest);
    }

    /** The last record of each key, oldest first; withdrawn ones left out. */
    public synchronized List<Entry> entries() {
        return entries.values().stream()
                .filter(entry -> !(entry.reading() instanceof SubspaceReading.Withdrawn))
                .sorted(Comparator.comparingLong(Entry::offset))
                .toList();
    }

    /** What the topic has put in force, by name; the other names' configured ones are. */
    public Map<String, Valid> published() {
        return published;
    }

    /** The same, as the engine takes it. */
    public Map<String, SubspaceVersion> versions() {
        Map<String, SubspaceVersion> versions = new LinkedHashMap<>();
        published.forEach((name, valid) -> versions.put(name, valid.version()));
        return versions;
    }

    /** The version in force under each configured name; {@value #CONFIGURED} where the topic has none. */
    public Map<String, String> inForce() {
        Map<String, String> names = new LinkedHashMap<>();
        configured.keySet().forEach(name -> names.put(name, CONFIGURED));
        published.forEach((name, valid) -> names.put(name, valid.event().getVersion()));
        return names;
    }

    /** What is in force under each configured name. */
    public Map<String, SubspaceVersion> all() {
        Map<String, SubspaceVersion> all = new LinkedHashMap<>(configured);
        all.putAll(versions());
        return all;
    }

    /** How many records were refused for this. */
    public long refused(Cause cause) {
        LongAdder count = refused.get(cause);
        return count == null ? 0 : count.sum();
    }
}
