package dev.temper.sandbox.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.EngineConfig;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The sidecar's configuration in a demo: the model's own recommendation, if it has one, on the embedded services.
 *
 * <p>A model folder may hold a {@value #RECOMMENDED}: a sidecar configuration, relative to the folder, that says what
 * scores and guides this model and how it decodes. Its Kafka and registry addresses are replaced.
 */
public final class DemoSettings {
    static final String RECOMMENDED = "sidecar.yaml";

    private static final int MOST_THREADS = 4;
    private static final YAMLMapper YAML = new YAMLMapper();

    private DemoSettings() {}

    /**
     * Makes the configuration.
     *
     * @param model the language model's folder
     * @param stateFolder where Kafka Streams keeps its state
     * @param bootstrapServers the broker's address
     * @param registryUrl the registry's address
     * @throws TemperException when there is no such folder, or its recommendation is wrong
     */
    static SidecarConfig of(Path model, Path stateFolder, String bootstrapServers, String registryUrl) {
        return of(model, stateFolder, bootstrapServers, registryUrl, engine -> {});
    }

    /**
     * The same, adjusted.
     *
     * @param adjustment changes the section {@code engine} before it is read
     */
    public static SidecarConfig of(
            Path model,
            Path stateFolder,
            String bootstrapServers,
            String registryUrl,
            Consumer<ObjectNode> adjustment) {
        Path folder = model.toAbsolutePath().normalize();
        requireModel(folder);
        ObjectNode settings = recommendation(folder.resolve(RECOMMENDED));
        ObjectNode engine = settings.withObject("/engine");
        if (!engine.has("model")) {
            engine.put("model", folder.toString());
        }
        if (!engine.has("threads")) {
            engine.put("threads", threads(Runtime.getRuntime().availableProcessors()));
        }
        adjustment.accept(engine);
        ObjectNode admin = settings.withObject("/admin");
        if (!admin.has("port")) {
            admin.put("port", 0); // another demo, or a sidecar, may have the usual one
        }
        settings.withObject("/schema_registry").put(SidecarConfig.REGISTRY_URL, registryUrl);
        settings.withObject("/kafka")
                .put("bootstrap.servers", bootstrapServers)
                // A member by this name takes its old place at once; Kafka Streams does not leave its group when it
                // stops,
                // so without a name the next run would wait for the old member's session to end.
                .put("group.instance.id", "demo")
                .put("state.dir", stateFolder.toAbsolutePath().toString());
        try {
            return ConfigLoader.parse(
                    folder.resolve(RECOMMENDED).toString(), YAML.writeValueAsString(settings), folder);
        } catch (JsonProcessingException e) {
            throw new TemperException("The demo's settings could not be written as YAML: " + e.getMessage(), e);
        }
    }

    /** The engine's part alone, which is known before any address is. */
    static EngineConfig engine(Path model) {
        return of(model, Path.of("state"), "unknown:0", "http://unknown").engine();
    }

    /**
     * Threads of one operation where the model's folder does not say. Broker and registry live in this process, and the
     * engine's threads spin for each other: on two cores that other programs kept busy, one thread answered several times
     * as many prompts as two. A small model gains nothing beyond a few.
     */
    static int threads(int processors) {
        return Math.max(1, Math.min(MOST_THREADS, processors - 1));
    }

    /** Said before the services start, so that a wrong path costs no wait. */
    static void requireModel(Path folder) {
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            throw new TemperException("There is no model in "
                    + folder.toAbsolutePath().normalize() + " (no config.json): name a model's folder with --model");
        }
    }

    private static ObjectNode recommendation(Path file) {
        if (!Files.exists(file)) {
            return YAML.createObjectNode();
        }
        try {
            JsonNode read = YAML.readTree(Files.readString(file));
            if (read instanceof ObjectNode settings) {
                return settings;
            }
            throw new TemperException(file + " holds no settings: it must be a sidecar configuration in YAML");
        } catch (IOException e) {
            throw new TemperException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
