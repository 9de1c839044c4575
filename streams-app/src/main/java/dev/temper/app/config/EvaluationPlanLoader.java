package dev.temper.app.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.EvaluationPlan;
import dev.temper.training.evaluate.ScorerPlan;
import dev.temper.training.evaluate.SuitePlan;
import dev.temper.training.evaluate.SystemPlan;
import dev.temper.training.evaluate.classification.ClassificationPlan;
import dev.temper.training.evaluate.generation.GenerationSuitePlan;
import dev.temper.training.evaluate.preference.WinRatePlan;
import dev.temper.training.evaluate.systems.DExpertsSystemPlan;
import dev.temper.training.evaluate.systems.EngineSystemPlan;
import dev.temper.training.evaluate.systems.ModelScorerPlan;
import dev.temper.training.evaluate.systems.NadoSystemPlan;
import dev.temper.training.evaluate.systems.RadSystemPlan;
import dev.temper.training.evaluate.systems.RemoteScorerPlan;
import dev.temper.training.evaluate.systems.WordFilterSystemPlan;
import dev.temper.training.evaluate.utility.LastWordPlan;
import dev.temper.training.evaluate.utility.MmluPlan;
import dev.temper.training.evaluate.utility.MultipleChoicePlan;
import dev.temper.training.evaluate.utility.TextPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan of {@code temper evaluate}, with the same strictness and the same errors as the configuration. Relative
 * paths are taken from the plan's folder; those that begin with <code>${DATA}</code> from the data folder of the command.
 */
public final class EvaluationPlanLoader {
    private static final String DATA = "${DATA}";
    private static final String KIND = "kind";
    private static final String BETA = "beta";

    /** A kind's record, and what a plan may leave out of it. */
    private record Kind<T>(Class<? extends T> plan, Map<String, ?> defaults) {}

    private static final Map<String, Kind<SystemPlan>> SYSTEMS = Map.of(
            "engine", new Kind<>(EngineSystemPlan.class, EngineSystemPlan.DEFAULTS),
            "nado", new Kind<>(NadoSystemPlan.class, NadoSystemPlan.DEFAULTS),
            "rad", new Kind<>(RadSystemPlan.class, RadSystemPlan.DEFAULTS),
            "dexperts", new Kind<>(DExpertsSystemPlan.class, DExpertsSystemPlan.DEFAULTS),
            "word_filter", new Kind<>(WordFilterSystemPlan.class, WordFilterSystemPlan.DEFAULTS));

    private static final Map<String, Kind<ScorerPlan>> SCORERS = Map.of(
            "model", new Kind<>(ModelScorerPlan.class, ModelScorerPlan.DEFAULTS),
            "perspective", new Kind<>(RemoteScorerPlan.class, RemoteScorerPlan.PERSPECTIVE),
            "moderation", new Kind<>(RemoteScorerPlan.class, RemoteScorerPlan.MODERATION));

    private static final Map<String, Kind<SuitePlan>> SUITES = Map.ofEntries(
            Map.entry("prompts", new Kind<>(GenerationSuitePlan.class, GenerationSuitePlan.PROMPTS)),
            Map.entry("bold", new Kind<>(GenerationSuitePlan.class, GenerationSuitePlan.BOLD)),
            Map.entry("toxigen", new Kind<>(GenerationSuitePlan.class, GenerationSuitePlan.TOXIGEN)),
            Map.entry("harmful", new Kind<>(GenerationSuitePlan.class, GenerationSuitePlan.HARMFUL)),
            Map.entry("classification", new Kind<>(ClassificationPlan.class, ClassificationPlan.DEFAULTS)),
            Map.entry("win_rate", new Kind<>(WinRatePlan.class, WinRatePlan.DEFAULTS)),
            Map.entry("multiple_choice", new Kind<>(MultipleChoicePlan.class, MultipleChoicePlan.DEFAULTS)),
            Map.entry("mmlu", new Kind<>(MmluPlan.class, MmluPlan.DEFAULTS)),
            Map.entry("last_word", new Kind<>(LastWordPlan.class, LastWordPlan.DEFAULTS)),
            Map.entry("text", new Kind<>(TextPlan.class, TextPlan.DEFAULTS)));

    /** Decoding of plans that do not say: methods.md, section 4. */
    private static final DecodingParameters PROTOCOL =
            DecodingParameters.DEFAULT.with().maxNewTokens(20).build();

    private final String name;
    private final ObjectMapper yaml;

    private EvaluationPlanLoader(String name, Path folder, @Nullable Path dataRoot) {
        this.name = name;
        SimpleModule paths = new SimpleModule();
        paths.addDeserializer(Path.class, new PathReader(folder, dataRoot));
        this.yaml = ConfigLoader.YAML.copy().registerModule(paths);
    }

    /**
     * Reads a file.
     *
     * @param dataRoot what <code>${DATA}</code> stands for
     * @throws TemperException if the file cannot be read, or says what it must not
     */
    public static EvaluationPlan load(Path file, @Nullable Path dataRoot) {
        try {
            Path folder = file.toAbsolutePath().normalize().getParent();
            return parse(file.toString(), Files.readString(file), folder == null ? Path.of("") : folder, dataRoot);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read the plan " + file + " (" + e.getClass().getSimpleName()
                            + "); check the path, and that it is UTF-8",
                    e);
        }
    }

    /** @param name what errors call it */
    static EvaluationPlan parse(String name, String text, Path folder, @Nullable Path dataRoot) {
        EvaluationPlanLoader loader = new EvaluationPlanLoader(name, folder, dataRoot);
        try {
            JsonNode given = ConfigLoader.YAML.readTree(text);
            if (!(given instanceof ObjectNode tree)) {
                throw new TemperException(name + ": must name systems and suites; see docs/evaluation.md");
            }
            return loader.plan(loader.yaml.treeToValue(tree, Sections.class));
        } catch (JsonProcessingException e) {
            throw new TemperException(name + ConfigLoader.explain(e), e);
        }
    }

    /** The plan before its kinds are known. */
    private record Sections(
            @Nullable Path judge,
            @Nullable JsonNode scorer,
            @Nullable Long seed,
            Map<String, JsonNode> systems,
            @Nullable DecodingOverride decoding,
            Map<String, JsonNode> suites) {
        private Sections {
            systems = systems == null ? Map.of() : systems;
            suites = suites == null ? Map.of() : suites;
        }
    }

    private EvaluationPlan plan(Sections sections) {
        Map<String, SystemPlan> systems = new LinkedHashMap<>();
        sections.systems().forEach((key, node) -> sweep(key, node)
                .forEach((own, one) -> systems.put(own, read("systems." + key, one, SYSTEMS, "engine"))));
        Map<String, SuitePlan> suites = new LinkedHashMap<>();
        sections.suites().forEach((key, node) -> suites.put(key, read("suites." + key, node, SUITES, "")));
        JsonNode scorer = sections.scorer() instanceof TextNode path
                ? ConfigLoader.YAML.createObjectNode().set("model", path)
                : sections.scorer();
        DecodingOverride decoding = sections.decoding() == null ? DecodingOverride.NONE : sections.decoding();
        try {
            return new EvaluationPlan(
                    Optional.ofNullable(sections.judge()),
                    Optional.ofNullable(scorer).map(node -> read("scorer", node, SCORERS, "model")),
                    sections.seed() == null ? 0 : sections.seed(),
                    systems,
                    decoding.over(PROTOCOL),
                    suites);
        } catch (IllegalArgumentException e) {
            throw new TemperException(name + ": " + e.getMessage(), e);
        }
    }

    /** A system whose beta is a list stands for one with each of them. */
    private static Map<String, JsonNode> sweep(String key, JsonNode node) {
        JsonNode betas = node.path(BETA);
        if (!betas.isArray() || betas.isEmpty()) {
            return Map.of(key, node);
        }
        Map<String, JsonNode> swept = new LinkedHashMap<>();
        for (JsonNode beta : betas) {
            ObjectNode one = node.deepCopy();
            one.set(BETA, beta);
            swept.put(key + " β=" + beta.asText(), one);
        }
        return swept;
    }

    /** @param usual the kind of a section that does not say; empty = it must say */
    private <T> T read(String path, JsonNode node, Map<String, Kind<T>> kinds, String usual) {
        if (!(node instanceof ObjectNode section)) {
            throw new TemperException(name + ": " + path + " must hold settings; see docs/evaluation.md");
        }
        ObjectNode given = section.deepCopy();
        String kindName = given.path(KIND).asText(usual);
        given.remove(KIND);
        Kind<T> kind = kinds.get(kindName);
        if (kind == null) {
            throw new TemperException(name + ": " + path + ".kind "
                    + (kindName.isEmpty() ? "is missing; " : "'" + kindName + "' is unknown; ")
                    + NearestName.suggestion(kindName, kinds.keySet()));
        }
        ObjectNode tree = ConfigLoader.YAML.valueToTree(kind.defaults());
        ConfigLoader.merge(name, path, tree, given);
        try {
            return yaml.treeToValue(tree, kind.plan());
        } catch (JsonProcessingException e) {
            throw new TemperException(name + ConfigLoader.explain(path, e), e);
        }
    }

    /** Resolves relative paths. */
    private static final class PathReader extends StdScalarDeserializer<Path> {
        private static final long serialVersionUID = 1L;

        private final transient Path folder;
        private final transient @Nullable Path dataRoot;

        PathReader(Path folder, @Nullable Path dataRoot) {
            super(Path.class);
            this.folder = folder;
            this.dataRoot = dataRoot;
        }

        @Override
        public Path deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString();
            if (text == null || text.isBlank()) {
                throw context.weirdStringException(String.valueOf(text), Path.class, "is no path");
            }
            if (!text.startsWith(DATA)) {
                return folder.resolve(text).normalize();
            }
            if (dataRoot == null) {
                throw context.weirdStringException(text, Path.class, "begins with ${DATA}: give --data-root");
            }
            return dataRoot.resolve(text.substring(DATA.length()).replaceFirst("^/+", ""))
                    .normalize();
        }
    }
}
