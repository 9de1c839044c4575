package dev.temper.app.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.Topics;
import dev.temper.schemas.serde.AvroSerdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a configuration. What a file leaves out takes its default; what it adds is refused. Every error is one line:
 * file, key, what is wrong, what to do.
 */
public final class ConfigLoader {
    static final YAMLMapper YAML = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The folder, beside the configuration, that holds what the sidecar must not lose between restarts. */
    static final String STATE_FOLDER = ".temper/state";

    private static final String STATE_DIR = "state.dir";

    private ConfigLoader() {}

    /**
     * Reads a file. Relative paths in it are taken from its folder.
     *
     * @throws TemperException if the file cannot be read, or says what it must not
     */
    public static SidecarConfig load(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read the configuration " + file + " ("
                            + e.getClass().getSimpleName() + "); check the path, or start from temper-example.yaml",
                    e);
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        return parse(file.toString(), text, folder == null ? Path.of("") : folder);
    }

    /**
     * Reads a text.
     *
     * @param name what errors call it
     * @param folder where relative paths start
     * @throws TemperException if the text says what it must not
     */
    public static SidecarConfig parse(String name, String text, Path folder) {
        try {
            JsonNode given = YAML.readTree(text);
            ObjectNode tree = defaults();
            if (given != null && !given.isMissingNode() && !given.isNull()) {
                if (!(given instanceof ObjectNode sections)) {
                    throw new TemperException(name + ": must hold sections such as kafka and engine; start from"
                            + " temper-example.yaml");
                }
                merge(name, "", tree, sections);
            }
            return resolved(YAML.treeToValue(tree, SidecarConfig.class), folder);
        } catch (JsonProcessingException e) {
            throw new TemperException(name + explain(e), e);
        }
    }

    /** What a file that says nothing means, in a file's own form; new each time. */
    public static ObjectNode defaults() {
        ObjectNode tree = YAML.createObjectNode();
        tree.putObject("kafka");
        tree.putObject("schema_registry");
        tree.put("serde", Defaults.SERDE);
        tree.set("topics", YAML.valueToTree(Defaults.TOPICS));
        tree.set("provisioning", YAML.valueToTree(ProvisioningConfig.DEFAULT));
        tree.set("engine", YAML.valueToTree(EngineConfig.DEFAULT));
        tree.set("policy", policyDefaults());
        tree.set("limits", YAML.valueToTree(LimitsConfig.DEFAULT));
        tree.set("admin", YAML.valueToTree(AdminConfig.DEFAULT));
        tree.set("moderation", YAML.valueToTree(ModerationConfig.DEFAULT));
        return tree;
    }

    static ObjectNode policyDefaults() {
        ObjectNode policy = YAML.valueToTree(FlagPolicy.DEFAULT);
        policy.put("version", ""); // the hash is of the policy that the file makes, not of this one
        return policy;
    }

    static void merge(String name, String path, ObjectNode into, ObjectNode given) {
        given.properties().forEach(entry -> {
            String key = entry.getKey();
            String here = path.isEmpty() ? key : path + "." + key;
            JsonNode value = entry.getValue();
            JsonNode known = into.get(key);
            if (value.isNull() && known instanceof ObjectNode) {
                return; // a section whose every line is commented out
            }
            if (value.isNull()) {
                throw new TemperException(name + ": " + here + " has no value; give it one, or leave the line out");
            }
            if (known instanceof ObjectNode section && value instanceof ObjectNode values) {
                merge(name, here, section, values);
            } else {
                into.set(key, value);
            }
        });
    }

    private static SidecarConfig resolved(SidecarConfig read, Path folder) {
        Map<String, String> kafka = new LinkedHashMap<>(read.kafka());
        // Kafka's own default is the temporary folder; losing it loses the process id that fences old transactions.
        kafka.put(
                STATE_DIR,
                folder.resolve(kafka.getOrDefault(STATE_DIR, STATE_FOLDER)).toString());
        return new SidecarConfig(
                kafka,
                read.schemaRegistry(),
                read.serde(),
                read.topics(),
                read.provisioning(),
                read.engine().resolvedAgainst(folder),
                read.policy(),
                read.limits(),
                read.admin(),
                read.moderation());
    }

    static String explain(JsonProcessingException e) {
        return explain("", e);
    }

    /** @param section where in the file the tree was that could not be read; empty = all of it */
    static String explain(String section, JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return ": " + keyOf(section, unknown) + " is no setting; "
                    + NearestName.suggestion(unknown.getPropertyName(), unknown.getKnownPropertyIds());
        }
        if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
            String key = keyOf(section, refused);
            return ": " + (key.isEmpty() ? "" : key + ": ") + refused.getCause().getMessage();
        }
        if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
            String choices = Arrays.stream(format.getTargetType().getEnumConstants())
                    .map(choice -> choice.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            return ": " + keyOf(section, format) + " must be one of " + choices + ", not '" + format.getValue() + "'";
        }
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return ": " + keyOf(section, mapping) + " cannot be read: " + firstLine(mapping.getOriginalMessage());
        }
        JsonLocation at = e.getLocation();
        String line = at == null ? "" : ", line " + at.getLineNr();
        return line + ": is no valid YAML: " + firstLine(e.getOriginalMessage())
                + "; indent with spaces, and put a space after each colon";
    }

    private static String keyOf(String section, JsonMappingException e) {
        Stream<String> steps = e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName());
        return Stream.concat(Stream.of(section).filter(name -> !name.isEmpty()), steps)
                .collect(Collectors.joining("."));
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** Defaults that other modules own. */
    static final class Defaults {
        static final TopicsConfig TOPICS = new TopicsConfig(
                Topics.PROMPTS,
                Topics.RESULTS,
                Topics.FLAGGED,
                Topics.REJECTS,
                Topics.POLICIES,
                Topics.VERDICTS,
                Topics.SUBSPACES);
        static final String SERDE = AvroSerdes.DEFAULT_SERDE;

        private Defaults() {}
    }
}
