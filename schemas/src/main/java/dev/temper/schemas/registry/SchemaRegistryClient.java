package dev.temper.schemas.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.Schema;

/**
 * The part of the Confluent Schema Registry's REST API that Avro clients need. Thread-safe; share one where you can.
 *
 * <p>Every method asks the registry and waits, unless it says that its answers are kept, and throws
 *
 * <ul>
 *   <li>{@link RegistryUnavailableException} (retriable) if there was no answer after all retries,
 *   <li>{@link RegistryRefusedException} (fatal) if the registry said no.
 * </ul>
 */
public final class SchemaRegistryClient {

    private record SubjectSchema(String subject, Schema schema) {}

    private record Latest(RegisteredSchema schema, long atNanos) {}

    private final RegistryTransport transport;
    private final SchemaReader reader = new SchemaReader(this::fetch);
    private final LongSupplier nanoClock;
    private final long missingTtlNanos;
    private final long latestTtlNanos;
    private final String normalize;

    private final BoundedCache<Integer, Schema> schemas;
    private final BoundedCache<SubjectSchema, Integer> ids;
    private final BoundedCache<String, Latest> latest;
    private final BoundedCache<Integer, Long> missing;

    public SchemaRegistryClient(RegistryConfig config) {
        this(config, System::nanoTime);
    }

    SchemaRegistryClient(RegistryConfig config, LongSupplier nanoClock) {
        this.transport = new RegistryTransport(config);
        this.nanoClock = nanoClock;
        this.missingTtlNanos = TimeUnit.SECONDS.toNanos(config.getLong(RegistryConfig.MISSING_ID_TTL_SECONDS));
        this.latestTtlNanos = TimeUnit.SECONDS.toNanos(config.getLong(RegistryConfig.LATEST_TTL_SECONDS));
        this.normalize = config.getBoolean(RegistryConfig.NORMALIZE) ? "?normalize=true" : "";
        int size = config.getInt(RegistryConfig.CACHE_SIZE);
        this.schemas = new BoundedCache<>(size);
        this.ids = new BoundedCache<>(size);
        this.latest = new BoundedCache<>(size);
        this.missing = new BoundedCache<>(config.getInt(RegistryConfig.MISSING_CACHE_SIZE));
    }

    /**
     * The schema of an id. Kept; that an id is unknown is kept for a while too, so that a flood of poisoned records
     * does not become a flood of requests.
     *
     * @throws UnknownSchemaException if the registry does not have the id, or it is no Avro schema
     */
    public Schema schemaById(int id) {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Long missedAt = missing.get(id);
        if (missedAt != null && nanoClock.getAsLong() - missedAt < missingTtlNanos) {
            throw unknown(id);
        }
        try {
            Schema schema = reader.read("schema id " + id, transport.send("GET", "schemas/ids/" + id, null));
            schemas.put(id, schema);
            missing.remove(id);
            return schema;
        } catch (UnknownSchemaException e) {
            missing.put(id, nanoClock.getAsLong());
            throw e;
        } catch (RegistryRefusedException e) {
            // A 404 without the registry's own code is a wrong address, which is no fault of the record's.
            if (!e.notFound()) {
                throw e;
            }
            missing.put(id, nanoClock.getAsLong());
            throw unknown(id);
        }
    }

    private static UnknownSchemaException unknown(int id) {
        return new UnknownSchemaException("schema id " + id + " is not in the schema registry: the record was written "
                + "with another registry, or is not in Confluent wire format");
    }

    /** Registers a schema under a subject, unless it is there already, and gives its id. Kept. */
    public int register(String subject, Schema schema) {
        return idOf(subject, schema, "subjects/" + encode(subject) + "/versions" + normalize);
    }

    /**
     * Registers a schema that uses types registered on their own, and gives its id.
     *
     * @param schemaText the schema as JSON, where referenced types stand by their names alone
     */
    public int register(String subject, String schemaText, List<SchemaReference> references) {
        ObjectNode body = body(schemaText);
        ArrayNode array = body.putArray("references");
        references.forEach(reference -> array.addObject()
                .put("name", reference.name())
                .put("subject", reference.subject())
                .put("version", reference.version()));
        return requireInt(transport.send("POST", "subjects/" + encode(subject) + "/versions" + normalize, body), "id");
    }

    /** The id of a schema that stands under a subject already; refused with status 404 if it does not. Kept. */
    public int lookup(String subject, Schema schema) {
        return idOf(subject, schema, "subjects/" + encode(subject) + normalize);
    }

    private int idOf(String subject, Schema schema, String path) {
        SubjectSchema key = new SubjectSchema(subject, schema);
        Integer known = ids.get(key);
        if (known != null) {
            return known;
        }
        int id = requireInt(transport.send("POST", path, body(schema.toString())), "id");
        ids.put(key, id);
        return id;
    }

    /** A subject's newest schema. Kept for {@value RegistryConfig#LATEST_TTL_SECONDS}. */
    public RegisteredSchema latest(String subject) {
        Latest known = latest.get(subject);
        long now = nanoClock.getAsLong();
        if (known != null && (latestTtlNanos < 0 || now - known.atNanos() < latestTtlNanos)) {
            return known.schema();
        }
        RegisteredSchema newest = version(subject, "latest");
        latest.put(subject, new Latest(newest, now));
        return newest;
    }

    /** One version of a subject's schema. */
    public RegisteredSchema version(String subject, int version) {
        return version(subject, String.valueOf(version));
    }

    private RegisteredSchema version(String subject, String version) {
        JsonNode answer = fetch(subject, version);
        return new RegisteredSchema(
                subject,
                requireInt(answer, "version"),
                requireInt(answer, "id"),
                reader.read("version " + version + " of subject " + subject, answer));
    }

    public List<String> subjects() {
        return elements(transport.send("GET", "subjects", null))
                .map(JsonNode::asText)
                .toList();
    }

    public List<Integer> versions(String subject) {
        return elements(transport.send("GET", "subjects/" + encode(subject) + "/versions", null))
                .map(JsonNode::asInt)
                .toList();
    }

    /** What holds for a subject: its own level, or else the registry's. */
    public CompatibilityLevel compatibility(String subject) {
        JsonNode answer;
        try {
            answer = transport.send("GET", "config/" + encode(subject) + "?defaultToGlobal=true", null);
        } catch (RegistryRefusedException e) {
            // Registries that do not know defaultToGlobal.
            if (e.errorCode() != RegistryRefusedException.SUBJECT_CONFIG_NOT_FOUND && !e.notFound()) {
                throw e;
            }
            answer = transport.send("GET", "config", null);
        }
        return CompatibilityLevel.valueOf(answer.path("compatibilityLevel").asText());
    }

    public void setCompatibility(String subject, CompatibilityLevel level) {
        ObjectNode body = transport.json().createObjectNode().put("compatibility", level.name());
        transport.send("PUT", "config/" + encode(subject), body);
    }

    /** Whether a schema could become a subject's next; a subject without schemas takes any. */
    public boolean isCompatible(String subject, Schema schema) {
        String path = "compatibility/subjects/" + encode(subject) + "/versions/latest" + normalize;
        try {
            return transport
                    .send("POST", path, body(schema.toString()))
                    .path("is_compatible")
                    .asBoolean();
        } catch (RegistryRefusedException e) {
            if (e.notFound()) {
                return true;
            }
            throw e;
        }
    }

    private JsonNode fetch(SchemaReference reference) {
        return fetch(reference.subject(), String.valueOf(reference.version()));
    }

    private JsonNode fetch(String subject, String version) {
        return transport.send("GET", "subjects/" + encode(subject) + "/versions/" + version, null);
    }

    private ObjectNode body(String schemaText) {
        return transport.json().createObjectNode().put("schema", schemaText);
    }

    private static int requireInt(JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        if (!value.canConvertToInt()) {
            throw new RegistryRefusedException(
                    "the registry's answer has no number '" + field + "': is " + RegistryConfig.URL
                            + " a schema registry?",
                    200,
                    0);
        }
        return value.asInt();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
    }
}
