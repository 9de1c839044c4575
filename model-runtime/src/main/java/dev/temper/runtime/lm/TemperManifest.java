package dev.temper.runtime.lm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code temper.json} of a model folder: what this project knows of a model beyond what Hugging Face files say.
 *
 * @param kind what the model is for, {@code generator} or {@code scorer} for instance; empty if not stated
 * @param base the model that it was made from; empty if not stated
 * @param subspaces subspace name to its file, which lies in the model folder
 * @param provenance data, settings and results of training, as written there
 */
public record TemperManifest(String kind, String base, Map<String, Path> subspaces, Map<String, JsonNode> provenance) {

    /** The file's name. */
    public static final String FILE = "temper.json";

    private static final long MAX_BYTES = 4 << 20;

    public TemperManifest {
        subspaces = Map.copyOf(subspaces);
        provenance = Map.copyOf(provenance);
    }

    /** The manifest of a folder, if it has one. */
    static Optional<TemperManifest> read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonSettings settings = JsonSettings.read(file, MAX_BYTES, "");
        Map<String, Path> subspaces = new LinkedHashMap<>();
        settings.object("subspaces")
                .ifPresent(named -> named.node().fieldNames().forEachRemaining(name -> {
                    String relative = named.text(name).orElse("");
                    Path subspace = folder.resolve(relative).normalize();
                    if (relative.isEmpty() || !subspace.startsWith(folder.normalize())) {
                        throw new TemperException(file + ": the file of subspace '" + name
                                + "' must lie in the model folder; correct its path");
                    }
                    subspaces.put(name, subspace);
                }));
        Map<String, JsonNode> provenance = new LinkedHashMap<>();
        settings.object("provenance")
                .ifPresent(object -> object.node().properties().forEach(e -> provenance.put(e.getKey(), e.getValue())));
        return Optional.of(new TemperManifest(
                settings.text("kind").orElse(""), settings.text("base").orElse(""), subspaces, provenance));
    }
}
