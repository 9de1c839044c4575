package dev.temper.runtime.lm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The weight files of a model folder: {@code model.safetensors}, or {@code model.safetensors.index.json} and its shards.
 * Headers are read at the first question about a tensor, the hash is computed at the first question about it; both are
 * kept. Thread-safe.
 */
public final class WeightFiles {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX_BYTES = 64 << 20;
    private static final int HASH_BUFFER_BYTES = 1 << 20;

    private final Path folder;
    private final List<Path> files;
    /** Tensor name to the file that the index names for it; empty without an index. */
    private final Map<String, Path> index;

    private @Nullable Map<String, StoredTensor> tensors;
    private @Nullable String sha256;

    /** A tensor and the file that holds it. */
    public record StoredTensor(Safetensors file, Safetensors.Tensor tensor) {}

    private WeightFiles(Path folder, List<Path> files, Map<String, Path> index) {
        this.folder = folder;
        this.files = files;
        this.index = index;
    }

    /**
     * Finds the files; a single file goes before an index, as in the reference.
     *
     * @throws TemperException if there are none, a shard is missing, or the index is not valid
     */
    public static WeightFiles find(Path folder) {
        if (Files.exists(folder.resolve(SINGLE))) {
            return new WeightFiles(folder, List.of(folder.resolve(SINGLE)), Map.of());
        }
        if (!Files.exists(folder.resolve(INDEX))) {
            boolean pickled = Files.exists(folder.resolve("pytorch_model.bin"))
                    || Files.exists(folder.resolve("pytorch_model.bin.index.json"));
            throw new TemperException(folder + " holds neither " + SINGLE + " nor " + INDEX + ": "
                    + (pickled
                            ? "pytorch_model.bin is not read, since pickles can run code; save the model with"
                                    + " transformers' save_pretrained(folder)"
                            : "fetch the model's weights"));
        }
        Map<String, Path> byTensor = readIndex(folder, folder.resolve(INDEX));
        Set<Path> shards = new TreeSet<>(byTensor.values());
        for (Path shard : shards) {
            if (!Files.isRegularFile(shard)) {
                throw new TemperException(shard + " does not exist, but " + INDEX + " names it; fetch it");
            }
        }
        return new WeightFiles(folder, List.copyOf(shards), byTensor);
    }

    private static Map<String, Path> readIndex(Path folder, Path file) {
        JsonSettings settings = JsonSettings.read(file, MAX_INDEX_BYTES, "");
        JsonSettings map = settings.object("weight_map")
                .orElseThrow(() -> settings.wrong("weight_map", "is missing; it names the shard of each tensor"));
        Map<String, Path> byTensor = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.node().properties()) {
            String shard = entry.getValue().asText("");
            if (!shard.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}")) {
                throw settings.wrong(
                        "weight_map", "names " + SafetensorsHeader.quoted(shard) + ", which is no plain file name");
            }
            byTensor.put(entry.getKey(), folder.resolve(shard));
        }
        if (byTensor.isEmpty()) {
            throw settings.wrong("weight_map", "is empty");
        }
        return byTensor;
    }

    /** The model folder. */
    public Path folder() {
        return folder;
    }

    /** The files, in the order of their names. */
    public List<Path> files() {
        return files;
    }

    /** The stored tensor of this name. */
    public Optional<StoredTensor> find(String name) {
        return Optional.ofNullable(tensors().get(name));
    }

    /** Names of all stored tensors. */
    public Set<String> names() {
        return tensors().keySet();
    }

    private synchronized Map<String, StoredTensor> tensors() {
        if (tensors == null) {
            tensors = readHeaders();
        }
        return tensors;
    }

    private Map<String, StoredTensor> readHeaders() {
        Map<String, StoredTensor> found = new LinkedHashMap<>();
        for (Path path : files) {
            Safetensors file = Safetensors.open(path);
            for (Safetensors.Tensor tensor : file.tensors().values()) {
                StoredTensor other = found.put(tensor.name(), new StoredTensor(file, tensor));
                if (other != null) {
                    throw new TemperException("the tensor " + SafetensorsHeader.quoted(tensor.name()) + " is both in "
                            + other.file().file() + " and in " + path + "; fetch the weights again");
                }
            }
        }
        index.forEach((name, path) -> {
            StoredTensor stored = found.get(name);
            if (stored == null || !stored.file().file().equals(path)) {
                throw new TemperException(folder.resolve(INDEX) + " says that " + SafetensorsHeader.quoted(name)
                        + " is in " + path.getFileName() + ", which does not hold it; fetch index and shards again");
            }
        });
        return found;
    }

    /**
     * SHA-256 over the contents of all weight files, one after the other in the order of their names, hexadecimal: what
     * identifies a model on events. The first call reads all files, at about 1 GB a second where the processor has SHA
     * instructions (measured), some hundred MB without.
     */
    public synchronized String sha256() {
        if (sha256 == null) {
            sha256 = digest(files);
        }
        return sha256;
    }

    private static String digest(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[HASH_BUFFER_BYTES];
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                } catch (IOException e) {
                    throw new TemperException("cannot read " + file + " (" + e + "); check its permissions", e);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
