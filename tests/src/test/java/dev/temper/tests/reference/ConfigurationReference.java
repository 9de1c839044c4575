package dev.temper.tests.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.serde.AvroSerdeConfig;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.jspecify.annotations.Nullable;

/**
 * {@code docs/configuration.md}: names and types are the records', meanings their Javadoc's, defaults the loader's, and what is
 * accepted is what the loader accepts.
 */
final class ConfigurationReference {
    /** What files call an entry of a map. */
    private static final String NAME = "NAME";

    /** One of everything that has no default, so that all keys are there. */
    private static final String SPECIMEN = """
            kafka: {bootstrap.servers: 'localhost:9092'}
            schema_registry: {schema.registry.url: 'http://localhost:8081'}
            engine: {model: m, subspaces: {NAME: {file: f, beta: 1.0}}}
            policy: {categories: {NAME: {threshold: 0.5, action: block}}, blocklists: {NAME: {action: block, phrases: [p]}}}
            """;

    private static final String INTRODUCTION = """
            # Configuration

            Every setting of the file that `temper run --config FILE` reads. This page is written from the code, and a test holds it
            against the code; after a change of a setting or of its Javadoc:

                mvn -B -pl tests -am test -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dtemper.write.docs=true

            One YAML file, UTF-8; what it leaves out takes its default, a key that is not listed here is refused. Relative paths start at
            the file's folder. Times are in milliseconds where the name ends in `_ms`, sizes in bytes where it ends in `_bytes`.
            `temper doctor --config FILE` checks a file and all that it names. To start from:
            [`temper-example.yaml`](../streams-app/src/main/resources/temper-example.yaml). *none*: there is no default, and none is
            needed unless the meaning says so. `NAME` stands for a name of your own. A policy file has the keys of the section `policy`
            ([policies](policies.md)); the environment has `TEMPER_LOG_LEVEL` (`WARN` unless set), `TEMPER_JAVA_OPTS` for the Java virtual
            machine, and the variable that `admin.token_env` names; recipes and plans have pages of their own ([fine-tuning](fine-tuning.md),
            [evaluation](evaluation.md)).
            """;

    private final JsonNode defaults = ConfigLoader.defaults();
    private final ObjectNode whole;
    private final SidecarConfig config;
    private final StringBuilder page = new StringBuilder(INTRODUCTION);

    private ConfigurationReference() throws IOException {
        whole = (ObjectNode) new YAMLMapper().readTree(SPECIMEN);
        complete(whole, (ObjectNode) defaults);
        config = ConfigLoader.parse("specimen", whole.toString(), Path.of(""));
    }

    /** The page. */
    static String write() throws IOException {
        ConfigurationReference reference = new ConfigurationReference();
        reference.section("", "", SidecarConfig.class);
        reference.kafka();
        reference.registry();
        return reference.page.toString();
    }

    private static void complete(ObjectNode into, ObjectNode from) {
        from.properties().forEach(entry -> {
            if (into.get(entry.getKey()) instanceof ObjectNode section && entry.getValue() instanceof ObjectNode more) {
                complete(section, more);
            } else if (!into.has(entry.getKey()) && !entry.getValue().isNull()) {
                into.set(entry.getKey(), entry.getValue());
            }
        });
    }

    /**
     * A record's settings, and then the sections within it.
     *
     * @param path before the keys, with a dot at its end unless it is empty
     * @param pointer the same as a JSON pointer
     */
    private void section(String path, String pointer, Class<?> type) {
        Map<String, String> bounds = new Bounds(whole).of(pointer);
        Map<RecordComponent, Class<?>> inner = new LinkedHashMap<>();
        StringBuilder rows = new StringBuilder();
        for (RecordComponent component : type.getRecordComponents()) {
            String key = SourceDocs.key(component.getName());
            Class<?> within = section(component);
            String meaning = SourceDocs.of(type, component.getName());
            if (within != null) {
                inner.put(component, within);
                continue;
            }
            if (meaning.isEmpty()) {
                throw new IllegalStateException(type + ": no @param " + component.getName());
            }
            rows.append("| `%s%s` | %s | %s | %s | %s |%n"
                    .formatted(
                            path,
                            key,
                            typeOf(component),
                            defaultOf(pointer + "/" + key),
                            acceptedBy(component, pointer, bounds.getOrDefault(key, "")),
                            meaning));
        }
        if (!path.isEmpty()) {
            heading(path.substring(0, path.length() - 1), SourceDocs.of(type));
        }
        if (!rows.isEmpty()) {
            page.append("\n| key | type | default | accepted | meaning |\n|---|---|---|---|---|\n")
                    .append(rows);
        }
        inner.forEach((component, within) -> {
            String key = SourceDocs.key(component.getName());
            boolean named = component.getType() == Map.class;
            section(
                    path + key + (named ? "." + NAME : "") + ".",
                    pointer + "/" + key + (named ? "/" + NAME : ""),
                    within);
        });
    }

    private void heading(String name, String text) {
        page.append('\n')
                .append("#"
                        .repeat(2
                                + Math.min(1, (int)
                                        name.chars().filter(c -> c == '.').count())))
                .append(" `")
                .append(name)
                .append("`\n\n")
                .append(text)
                .append('\n');
    }

    /** The record of a component that holds settings of its own, or a map of such; null where it is a value. */
    private static @Nullable Class<?> section(RecordComponent component) {
        Type type = component.getType() == Map.class
                ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[1]
                : component.getType();
        return type instanceof Class<?> known && known.isRecord() ? known : null;
    }

    private static String typeOf(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == Map.class) {
            return "settings, below";
        }
        if (type == int.class || type == long.class) {
            return "whole number";
        }
        if (type == double.class) {
            return "number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "text";
        }
        if (type == Path.class) {
            return "path";
        }
        return type.isEnum() ? "choice" : "list of texts";
    }

    private String acceptedBy(RecordComponent component, String pointer, String bounds) {
        if (!component.getType().isEnum()) {
            return bounds;
        }
        List<String> names = Arrays.stream(component.getType().getEnumConstants())
                .map(choice -> choice.toString().toLowerCase(Locale.ROOT))
                .toList();
        return new Bounds(whole)
                .choices(pointer, SourceDocs.key(component.getName()), names).stream()
                        .map(ConfigurationReference::code)
                        .collect(Collectors.joining(", "));
    }

    private String defaultOf(String pointer) {
        JsonNode value = defaults.at(pointer);
        if (value.isMissingNode() || value.isNull()) {
            return "*none*";
        }
        if (value.isContainerNode()) {
            return value.isEmpty() ? "*empty*" : code(value.toString());
        }
        if (value.isTextual()) {
            String text = value.asText();
            boolean choice = text.matches("[A-Z0-9_]+");
            return text.isEmpty() ? "*empty*" : code(choice ? text.toLowerCase(Locale.ROOT) : text);
        }
        return code(value.isDouble() ? Bounds.text(value.asDouble()) : value.asText());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private void kafka() {
        heading("kafka", """
                Settings of Kafka Streams and its clients, by [their own names](https://kafka.apache.org/documentation/#streamsconfigs), passed on
                as they are; `consumer.`, `producer.`, `admin.` and `main.consumer.` before a name mean one client. `bootstrap.servers` is
                needed. What Temper sets where the file does not:""");
        page.append("\n| key | value |\n|---|---|\n");
        new TreeMap<>(config.streamsProperties()).forEach((key, value) -> {
            if (!key.equals("bootstrap.servers")) {
                page.append("| `%s` | `%s` |%n".formatted(key, key.equals("state.dir") ? ".temper/state" : value));
            }
        });
        page.append("\n`processing.guarantee` and `group.protocol` cannot be changed: the promises rest on them.\n");
    }

    private void registry() {
        heading("schema_registry", """
                Settings of the registry's client and of the serdes, by the names that Confluent's have. `schema.registry.ssl.*` are Kafka's
                `ssl.*` for the registry; `value.subject.name.strategy` names one of Confluent's three strategies;
                `request.header.NAME` adds a header. Another `serde` has settings of its own.""");
        page.append("\n| key | type | default | accepted | meaning |\n|---|---|---|---|---|\n");
        for (ConfigDef definition : List.of(RegistryConfig.DEFINITION, AvroSerdeConfig.DEFINITION)) {
            for (ConfigKey key : definition.configKeys().values()) {
                boolean needed = key.defaultValue == ConfigDef.NO_DEFAULT_VALUE;
                Object usual = needed || key.defaultValue == null ? "" : key.defaultValue;
                page.append("| `%s` | %s | %s | %s | %s |%n"
                        .formatted(
                                key.name,
                                key.type.toString().toLowerCase(Locale.ROOT),
                                needed ? "*needed*" : usual.equals("") ? "*none*" : code(usual.toString()),
                                key.validator == null
                                        ? ""
                                        : key.validator.toString().replaceAll("\\[(-?\\d+),\\.\\.\\.]", "≥ $1"),
                                key.documentation));
            }
        }
    }
}
