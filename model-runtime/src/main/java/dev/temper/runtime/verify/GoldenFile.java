package dev.temper.runtime.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.HalfPrecision;
import dev.temper.runtime.lm.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A folder of reference numbers: {@code golden.safetensors}, and {@code golden.json} with texts and settings. */
final class GoldenFile {
    private final Path folder;
    private final Safetensors tensors;
    private final JsonNode json;
    private final Set<String> read = new HashSet<>();

    private GoldenFile(Path folder, Safetensors tensors, JsonNode json) {
        this.folder = folder;
        this.tensors = tensors;
        this.json = json;
    }

    static GoldenFile open(Path folder) {
        Path values = folder.resolve("golden.safetensors");
        Path texts = folder.resolve("golden.json");
        for (Path file : List.of(values, texts)) {
            if (!Files.isRegularFile(file)) {
                throw new TemperException(
                        file + " does not exist: a golden folder needs golden.safetensors and golden.json");
            }
        }
        try {
            return new GoldenFile(folder, Safetensors.open(values), new ObjectMapper().readTree(texts.toFile()));
        } catch (IOException e) {
            throw new TemperException(
                    texts + " is not readable JSON (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    /** How names of values end that the reference computed in this type, {@code _bf16} for one; none do for float32. */
    static String suffix(ElementType type) {
        return "_" + type.safetensorsName().toLowerCase(Locale.ROOT);
    }

    JsonNode json() {
        return json;
    }

    boolean has(String name) {
        return tensors.find(name).isPresent();
    }

    /** Names of tensors that end with this, without it; in the file's order of names. */
    List<String> prefixes(String suffix) {
        Set<String> names = tensors.tensors().keySet();
        return names.stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .sorted()
                .toList();
    }

    /** Names of tensors that begin like this, sorted. */
    List<String> names(String beginning) {
        return tensors.tensors().keySet().stream()
                .filter(name -> name.startsWith(beginning))
                .sorted()
                .toList();
    }

    /** Names of tensors that nothing has read, nor called {@link #covered}. */
    List<String> unread() {
        return tensors.tensors().keySet().stream()
                .filter(name -> !read.contains(name))
                .sorted()
                .toList();
    }

    /** Notes tensors that need no comparison of their own, since others that are compared follow from them. */
    void covered(String item, String... suffixes) {
        for (String suffix : suffixes) {
            read.add(item + suffix);
        }
    }

    /** Size of one dimension. */
    int size(String name, int dimension) {
        List<Long> shape = tensor(name).shape();
        if (dimension < 0 || dimension >= shape.size()) {
            throw wrong(name, "has the shape " + shape + ", which such values cannot have");
        }
        return Math.toIntExact(shape.get(dimension));
    }

    float[] floats(String name) {
        Safetensors.Tensor tensor = tensor(name);
        read.add(name);
        if (!tensor.type().isFloating()) {
            throw wrong(name, "holds no real numbers");
        }
        return HalfPrecision.toFloats(tensors.read(tensor), tensor.type());
    }

    int[] ints(String name) {
        Safetensors.Tensor tensor = tensor(name);
        read.add(name);
        ByteBuffer bytes = tensors.read(tensor);
        int[] ints = new int[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = switch (tensor.type()) {
                case INT32 -> bytes.getInt();
                case INT64 -> Math.toIntExact(bytes.getLong());
                default -> throw wrong(name, "holds no I32 or I64 numbers");
            };
        }
        return ints;
    }

    /** A row of a matrix without the places where the mask is 0. */
    List<int[]> unpaddedRows(String ids, String mask) {
        int width = size(ids, 1);
        int[] all = ints(ids);
        int[] real = ints(mask);
        List<int[]> rows = new ArrayList<>();
        for (int row = 0; row < size(ids, 0); row++) {
            int from = row * width;
            rows.add(java.util.stream.IntStream.range(from, from + width)
                    .filter(i -> real[i] != 0)
                    .map(i -> all[i])
                    .toArray());
        }
        return rows;
    }

    /** Rows of a matrix that must have so many. */
    List<int[]> rows(String name, int count) {
        int[] all = ints(name);
        if (count == 0 || all.length % count != 0 || size(name, 0) != count) {
            throw wrong(name, "does not have " + count + " rows, one for each text of the batch");
        }
        int width = all.length / count;
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(row -> Arrays.copyOfRange(all, row * width, (row + 1) * width))
                .toList();
    }

    /** Requires texts that this model could read: before a device is given an index outside its tables. */
    void requireReadable(int vocab, int maxTokens) {
        for (String item : prefixes(".input_ids")) {
            String name = item + ".input_ids";
            int tokens = size(name, tensor(name).shape().size() - 1);
            if (tokens < 1 || tokens > maxTokens) {
                throw wrong(
                        name,
                        "has " + tokens + " tokens, but this model reads 1 to " + maxTokens
                                + "; name the golden folder of this model");
            }
            int[] ids = ints(name);
            read.remove(name); // looked at, not yet compared
            for (int id : ids) {
                if (id < 0 || id >= vocab) {
                    throw wrong(
                            name,
                            "has token " + id + ", but this model's vocabulary has " + vocab
                                    + "; name the golden folder of this model");
                }
            }
        }
    }

    /** Requires as many values as the model computes. */
    float[] floats(String name, long count) {
        float[] values = floats(name);
        if (values.length != count) {
            throw wrong(
                    name,
                    "has " + values.length + " values where the model computes " + count
                            + "; name the golden folder of this model");
        }
        return values;
    }

    private Safetensors.Tensor tensor(String name) {
        return tensors.find(name).orElseThrow(() -> wrong(name, "is missing"));
    }

    TemperException wrong(String name, String complaint) {
        return new TemperException(folder.resolve("golden.safetensors") + ": " + name + " " + complaint);
    }
}
