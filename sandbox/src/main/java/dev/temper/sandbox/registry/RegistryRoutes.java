package dev.temper.sandbox.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.sandbox.registry.RegistryEntry.Mode;
import dev.temper.sandbox.registry.RegistryEntry.Reference;
import dev.temper.sandbox.registry.RegistryEntry.Registered;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The paths of the Confluent REST API: a request in, the object that becomes the JSON answer out. */
final class RegistryRoutes {
    /**
     * A request, decoded.
     *
     * @param path the path's segments, percent-decoded
     * @param query the query's parameters
     * @param body a JSON object; empty where there was none
     */
    record Request(String method, List<String> path, Map<String, String> query, JsonNode body) {
        String at(int index) {
            return index < path.size() ? path.get(index) : "";
        }

        boolean flag(String name) {
            return Boolean.parseBoolean(query.getOrDefault(name, "false"));
        }

        /** Method and path, with {@code *} for each segment that holds a subject, a version or an id. */
        private String shape() {
            StringBuilder shape = new StringBuilder(method);
            for (int i = 0; i < path.size(); i++) {
                shape.append('/').append(VARIABLE.contains(path.get(0) + " " + i) ? "*" : path.get(i));
            }
            return shape.toString();
        }
    }

    /** First segment and position of those segments that hold a subject, a version or an id. */
    private static final Set<String> VARIABLE =
            Set.of("subjects 1", "subjects 3", "schemas 2", "compatibility 2", "compatibility 4", "config 1", "mode 1");

    private final SchemaStore store;

    RegistryRoutes(SchemaStore store) {
        this.store = store;
    }

    /**
     * Answers a request.
     *
     * @throws RegistryError for every refusal
     * @throws IOException when the journal could not be written
     */
    Object answer(Request request) throws IOException {
        String subject = request.at(request.at(0).equals("compatibility") ? 2 : 1);
        return switch (request.shape()) {
            case "GET" -> Map.of();
            case "GET/subjects" -> subjects(request.query().getOrDefault("subjectPrefix", ""));
            case "POST/subjects/*" -> describe(store.lookup(subject, schema(request), references(request)));
            case "GET/subjects/*/versions" ->
                store.versions(subject).stream().map(Registered::version).toList();
            case "POST/subjects/*/versions" ->
                Map.of("id", store.register(subject, schema(request), references(request)));
            case "GET/subjects/*/versions/*" -> describe(store.version(subject, request.at(3)));
            case "GET/subjects/*/versions/*/schema" ->
                new RawJson(store.version(subject, request.at(3)).schema());
            case "GET/schemas/types" -> List.of("AVRO");
            case "GET/schemas/ids/*" -> schemaOnly(store.byId(request.at(2)));
            case "GET/schemas/ids/*/schema" ->
                new RawJson(store.byId(request.at(2)).schema());
            case "GET/schemas/ids/*/subjects" ->
                uses(request).stream().map(Registered::subject).distinct().toList();
            case "GET/schemas/ids/*/versions" ->
                uses(request).stream()
                        .map(use -> Map.of("subject", use.subject(), "version", use.version()))
                        .toList();
            case "POST/compatibility/subjects/*/versions" -> compatibility(request, subject, "");
            case "POST/compatibility/subjects/*/versions/*" -> compatibility(request, subject, request.at(4));
            case "GET/config" -> Map.of("compatibilityLevel", store.level(RegistryEntry.GLOBAL));
            case "GET/config/*" -> Map.of("compatibilityLevel", level(request, subject));
            case "PUT/config" -> setLevel(request, RegistryEntry.GLOBAL);
            case "PUT/config/*" -> setLevel(request, subject);
            case "GET/mode" -> Map.of("mode", store.globalMode());
            case "GET/mode/*" -> Map.of("mode", mode(request, subject));
            case "PUT/mode" -> setMode(request, RegistryEntry.GLOBAL);
            case "PUT/mode/*" -> setMode(request, subject);
            default -> throw RegistryError.noSuchResource();
        };
    }

    /** Text that is JSON already. */
    record RawJson(String text) {}

    private List<String> subjects(String prefix) {
        return store.subjects().stream()
                .filter(subject -> subject.startsWith(prefix))
                .toList();
    }

    private List<Registered> uses(Request request) {
        return store.usesOf(store.byId(request.at(2)).id());
    }

    private Map<String, Object> compatibility(Request request, String subject, String version) {
        List<String> problems;
        try {
            problems = store.check(subject, schema(request), references(request), version);
        } catch (RegistryError e) {
            // Nothing registered yet: as in Confluent's registry, "latest" is then compatible with anything.
            boolean nothingThere = e.code() == 40401 && (version.isEmpty() || version.equals("latest"));
            if (!nothingThere) {
                throw e;
            }
            problems = List.of();
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("is_compatible", problems.isEmpty());
        if (request.flag("verbose")) {
            answer.put("messages", problems);
        }
        return answer;
    }

    private Compatibility level(Request request, String subject) {
        return request.flag("defaultToGlobal")
                ? store.level(subject)
                : store.ownLevel(subject).orElseThrow(() -> RegistryError.compatibilityNotConfigured(subject));
    }

    private Map<String, Object> setLevel(Request request, String subject) throws IOException {
        Compatibility level =
                Compatibility.parse(request.body().path("compatibility").asText());
        store.setLevel(subject, level);
        return Map.of("compatibility", level);
    }

    private Mode mode(Request request, String subject) {
        return store.ownMode(subject).orElseGet(() -> {
            if (request.flag("defaultToGlobal")) {
                return store.globalMode();
            }
            throw RegistryError.modeNotConfigured(subject);
        });
    }

    private Map<String, Object> setMode(Request request, String subject) throws IOException {
        String name = request.body().path("mode").asText().toUpperCase(Locale.ROOT);
        for (Mode mode : Mode.values()) {
            if (mode.name().equals(name)) {
                store.setMode(subject, mode);
                return Map.of("mode", mode);
            }
        }
        throw RegistryError.invalidMode();
    }

    private static Map<String, Object> schemaOnly(Registered registered) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("schema", registered.schema());
        if (!registered.references().isEmpty()) {
            answer.put("references", registered.references());
        }
        return answer;
    }

    private static Map<String, Object> describe(Registered registered) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("subject", registered.subject());
        answer.put("version", registered.version());
        answer.put("id", registered.id());
        answer.putAll(schemaOnly(registered));
        return answer;
    }

    private static String schema(Request request) {
        String type = request.body().path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryError.invalidSchema("this registry keeps AVRO schemas only, not " + type);
        }
        JsonNode schema = request.body().path("schema");
        if (!schema.isTextual()) {
            throw RegistryError.invalidSchema("the body's \"schema\" must be a schema as a JSON string");
        }
        return schema.asText();
    }

    private static List<Reference> references(Request request) {
        List<Reference> references = new ArrayList<>();
        for (JsonNode reference : request.body().path("references")) {
            references.add(new Reference(
                    reference.path("name").asText(),
                    reference.path("subject").asText(),
                    reference.path("version").asInt()));
        }
        return references;
    }
}
