package dev.temper.sandbox.registry;

import dev.temper.sandbox.registry.RegistryEntry.CompatibilitySet;
import dev.temper.sandbox.registry.RegistryEntry.Mode;
import dev.temper.sandbox.registry.RegistryEntry.ModeSet;
import dev.temper.sandbox.registry.RegistryEntry.Reference;
import dev.temper.sandbox.registry.RegistryEntry.Registered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The registry's rules and state: ids, subjects, versions, levels, modes. Every change is in the journal before it is
 * visible. Thread-safe by one lock: a registry is asked rarely, since clients cache.
 */
final class SchemaStore implements AutoCloseable {
    private record Key(String schema, List<Reference> references) {}

    private final JournalFile journal;
    private final Map<Integer, Registered> byId = new HashMap<>();
    private final Map<Key, Integer> ids = new HashMap<>();
    private final SortedMap<String, TreeMap<Integer, Registered>> subjects = new TreeMap<>();
    private final Map<String, Compatibility> levels = new HashMap<>();
    private final Map<String, Mode> modes = new HashMap<>();
    private int lastId;

    SchemaStore(JournalFile journal) {
        this.journal = journal;
        levels.put(RegistryEntry.GLOBAL, Compatibility.BACKWARD);
        modes.put(RegistryEntry.GLOBAL, Mode.READWRITE);
        journal.entries().forEach(this::apply);
    }

    synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    /** A subject's versions, oldest first. */
    synchronized List<Registered> versions(String subject) {
        Map<Integer, Registered> versions = subjects.get(subject);
        if (versions == null) {
            throw RegistryError.subjectNotFound(subject);
        }
        return List.copyOf(versions.values());
    }

    /** One version: a number, {@code latest} or {@code -1}. */
    synchronized Registered version(String subject, String version) {
        int wanted = parseVersion(version);
        List<Registered> versions = versions(subject);
        if (wanted == -1) {
            return versions.get(versions.size() - 1);
        }
        return versions.stream()
                .filter(registered -> registered.version() == wanted)
                .findFirst()
                .orElseThrow(() -> RegistryError.versionNotFound(version));
    }

    synchronized Registered byId(String id) {
        try {
            Registered registered = byId.get(Integer.parseInt(id));
            if (registered != null) {
                return registered;
            }
        } catch (NumberFormatException notANumber) {
            throw RegistryError.noSuchResource();
        }
        throw RegistryError.schemaNotFound(id);
    }

    /** Every version of every subject that has this schema. */
    synchronized List<Registered> usesOf(int id) {
        return all().filter(registered -> registered.id() == id).toList();
    }

    /** The version of a subject that holds this very schema. */
    synchronized Registered lookup(String subject, String text, List<Reference> references) {
        versions(subject);
        return find(subject, key(text, references)).orElseThrow(() -> RegistryError.schemaNotFound(""));
    }

    /** The schema's id; a new version where the subject does not have it yet. */
    synchronized int register(String subject, String text, List<Reference> references) throws IOException {
        Key key = key(text, references);
        Optional<Registered> existing = find(subject, key);
        if (existing.isPresent()) {
            return existing.get().id();
        }
        if (modes.getOrDefault(subject, globalMode()) == Mode.READONLY) {
            throw RegistryError.readOnly(subject);
        }
        List<Registered> versions =
                List.copyOf(subjects.getOrDefault(subject, new TreeMap<>()).values());
        List<String> problems = level(subject).check(parse(text, references), parsed(versions));
        if (!problems.isEmpty()) {
            throw RegistryError.incompatible(subject, problems.toString());
        }
        int version = versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
        int id = ids.getOrDefault(key, lastId + 1);
        accept(new Registered(subject, version, id, key.schema(), references));
        return id;
    }

    /**
     * Tests a schema by the subject's level, without registering it.
     *
     * @param version the version to compare with, or empty for those that registering would compare with
     * @return what is incompatible
     */
    synchronized List<String> check(String subject, String text, List<Reference> references, String version) {
        Schema candidate = parse(text, references);
        if (version.isEmpty()) {
            return level(subject).check(candidate, parsed(versions(subject)));
        }
        return level(subject).check(candidate, parsed(List.of(version(subject, version))));
    }

    synchronized Optional<Compatibility> ownLevel(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    synchronized Compatibility level(String subject) {
        return ownLevel(subject).or(() -> ownLevel(RegistryEntry.GLOBAL)).orElse(Compatibility.BACKWARD);
    }

    synchronized void setLevel(String subject, Compatibility level) throws IOException {
        accept(new CompatibilitySet(subject, level));
    }

    synchronized Optional<Mode> ownMode(String subject) {
        return Optional.ofNullable(modes.get(subject));
    }

    synchronized Mode globalMode() {
        return modes.getOrDefault(RegistryEntry.GLOBAL, Mode.READWRITE);
    }

    synchronized void setMode(String subject, Mode mode) throws IOException {
        accept(new ModeSet(subject, mode));
    }

    @Override
    public synchronized void close() throws IOException {
        journal.close();
    }

    private void accept(RegistryEntry entry) throws IOException {
        journal.append(entry);
        apply(entry);
    }

    private void apply(RegistryEntry entry) {
        if (entry instanceof Registered registered) {
            byId.putIfAbsent(registered.id(), registered);
            ids.putIfAbsent(new Key(registered.schema(), registered.references()), registered.id());
            subjects.computeIfAbsent(registered.subject(), subject -> new TreeMap<>())
                    .put(registered.version(), registered);
            lastId = Math.max(lastId, registered.id());
        } else if (entry instanceof CompatibilitySet set) {
            levels.put(set.subject(), set.level());
        } else if (entry instanceof ModeSet set) {
            modes.put(set.subject(), set.mode());
        }
    }

    private Optional<Registered> find(String subject, Key key) {
        return subjects.getOrDefault(subject, new TreeMap<>()).values().stream()
                .filter(registered -> new Key(registered.schema(), registered.references()).equals(key))
                .findFirst();
    }

    private Stream<Registered> all() {
        return subjects.values().stream().map(Map::values).flatMap(Collection::stream);
    }

    private List<Schema> parsed(List<Registered> versions) {
        return versions.stream()
                .map(registered -> parse(registered.schema(), registered.references()))
                .toList();
    }

    /** Spelled alike, whatever the white space and the order of attributes; names of references stay names. */
    private Key key(String text, List<Reference> references) {
        Map<String, Schema> known = new LinkedHashMap<>();
        collect(references, known);
        return new Key(parse(text, known).toString(new ArrayList<>(known.values()), false), references);
    }

    private Schema parse(String text, List<Reference> references) {
        Map<String, Schema> known = new LinkedHashMap<>();
        collect(references, known);
        return parse(text, known);
    }

    private static Schema parse(String text, Map<String, Schema> known) {
        try {
            return new Schema.Parser().addTypes(known.values()).parse(text);
        } catch (AvroRuntimeException e) {
            throw RegistryError.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    private void collect(List<Reference> references, Map<String, Schema> known) {
        for (Reference reference : references) {
            Registered target = version(reference.subject(), Integer.toString(reference.version()));
            collect(target.references(), known);
            Schema schema = parse(target.schema(), known);
            known.put(schema.getFullName(), schema);
        }
    }

    private static int parseVersion(String version) {
        if (version.equals("latest") || version.equals("-1")) {
            return -1;
        }
        try {
            int number = Integer.parseInt(version);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw RegistryError.invalidVersion(version);
        }
        throw RegistryError.invalidVersion(version);
    }
}
