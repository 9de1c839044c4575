package dev.temper.training.subspace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Safetensors;
import dev.temper.runtime.lm.SafetensorsWriter;
import dev.temper.runtime.lm.SafetensorsWriter.Declared;
import dev.temper.runtime.sasa.SubspaceSums;
import dev.temper.runtime.sasa.SubspaceSums.Side;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A subspace's statistics as a safetensors file that lies beside the subspace's own: for each class {@code <class>.count}
 * (I64), {@code <class>.sum} [hidden] and {@code <class>.gram} [hidden·(hidden+1)/2] (F64, the upper triangle row by
 * row), and in the metadata how texts were read. The subspace file itself stays as it was.
 */
public final class StatisticsFile {
    private static final String FORMAT = "temper-subspace-statistics/1";
    private static final String ENDING = ".statistics.safetensors";
    private static final String NON_TOXIC = "non_toxic";
    private static final String TOXIC = "toxic";
    private static final ObjectMapper JSON = new ObjectMapper();

    private StatisticsFile() {}

    /** Where the statistics of a subspace file lie: beside it, with {@value #ENDING} for {@code .subspace.json}. */
    public static Path beside(Path subspaceFile) {
        String name = String.valueOf(subspaceFile.getFileName());
        return subspaceFile.resolveSibling(name.replaceFirst("(\\.subspace)?\\.json$", "") + ENDING);
    }

    /** Writes the file, replacing what was there. */
    public static void write(SavedStatistics statistics, Path file) throws IOException {
        SubspaceSums sums = statistics.sums();
        List<Declared> tensors = List.of(
                new Declared(NON_TOXIC + ".count", ElementType.INT64, List.of()),
                new Declared(
                        NON_TOXIC + ".sum",
                        ElementType.FLOAT64,
                        shape(sums.nonToxic().sum())),
                new Declared(
                        NON_TOXIC + ".gram",
                        ElementType.FLOAT64,
                        shape(sums.nonToxic().gram())),
                new Declared(TOXIC + ".count", ElementType.INT64, List.of()),
                new Declared(
                        TOXIC + ".sum", ElementType.FLOAT64, shape(sums.toxic().sum())),
                new Declared(
                        TOXIC + ".gram", ElementType.FLOAT64, shape(sums.toxic().gram())));
        try (SafetensorsWriter writer = new SafetensorsWriter(file, tensors, metadata(statistics))) {
            write(writer, NON_TOXIC, sums.nonToxic());
            write(writer, TOXIC, sums.toxic());
        }
    }

    private static List<Long> shape(double[] values) {
        return List.of((long) values.length);
    }

    private static void write(SafetensorsWriter writer, String name, Side side) throws IOException {
        writer.write(name + ".count", bytes(1).putLong(side.count()).flip());
        writer.write(name + ".sum", bytes(side.sum()));
        writer.write(name + ".gram", bytes(side.gram()));
    }

    private static ByteBuffer bytes(double... values) {
        ByteBuffer buffer = bytes(values.length);
        buffer.asDoubleBuffer().put(values);
        return buffer;
    }

    private static ByteBuffer bytes(int numbers) {
        return ByteBuffer.allocate(Math.multiplyExact(numbers, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<String, String> metadata(SavedStatistics statistics) throws IOException {
        SubspaceSettings settings = statistics.settings();
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("format", FORMAT);
        texts.put("name", settings.name());
        texts.put("model_id", statistics.modelId());
        texts.put("model_hash", statistics.modelHash());
        texts.put("toxic_from", Double.toString(settings.rule().toxicFrom()));
        texts.put("non_toxic_up_to", Double.toString(settings.rule().nonToxicUpTo()));
        texts.put("embed_as", settings.embedAs().name());
        texts.put("every_token", Boolean.toString(settings.everyToken()));
        texts.put("max_tokens", Integer.toString(settings.maxTokens()));
        texts.put("precision", settings.computeType().torchName());
        texts.put("cutoff", Double.toString(settings.cutoff()));
        texts.put("verdicts", JSON.writeValueAsString(statistics.verdicts()));
        return texts;
    }

    /**
     * Reads a file.
     *
     * @param modelHash SHA-256 of the weights of the model whose states they must be
     * @throws TemperException if it is missing, damaged, or of another model
     */
    public static SavedStatistics read(Path file, String modelHash) {
        if (!Files.isRegularFile(file)) {
            throw new TemperException("there is no statistics file " + file + ", which fit-subspace writes beside the"
                    + " subspace; fit the subspace again with `temper fit-subspace`");
        }
        Safetensors tensors = Safetensors.open(file);
        try {
            Metadata texts = new Metadata(tensors.metadata());
            if (!texts.of("format").equals(FORMAT)) {
                throw new IllegalArgumentException("its format is not " + FORMAT);
            }
            if (!texts.of("model_hash").equals(modelHash)) {
                throw new TemperException("the statistics in " + file + " are of model " + texts.of("model_id")
                        + ", with other weights than this one's; fit the subspace again with `temper fit-subspace`");
            }
            SubspaceSettings settings = new SubspaceSettings(
                    texts.of("name"),
                    new LabelRule(
                            Double.parseDouble(texts.of("toxic_from")),
                            Double.parseDouble(texts.of("non_toxic_up_to"))),
                    EmbedAs.valueOf(texts.of("embed_as")),
                    Boolean.parseBoolean(texts.of("every_token")),
                    Integer.parseInt(texts.of("max_tokens")),
                    ElementType.ofTorchName(texts.of("precision")).orElseThrow(() -> missing("precision")),
                    Double.parseDouble(texts.of("cutoff")));
            return new SavedStatistics(
                    new SubspaceSums(side(tensors, NON_TOXIC), side(tensors, TOXIC)),
                    settings,
                    texts.of("model_id"),
                    modelHash,
                    JSON.readValue(texts.of("verdicts"), new TypeReference<Map<String, Boolean>>() {}));
        } catch (IllegalArgumentException | JsonProcessingException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new TemperException(
                    "statistics file " + file + " cannot be read (" + reason
                            + "); fit the subspace again with `temper fit-subspace`",
                    e);
        }
    }

    private static Side side(Safetensors tensors, String name) {
        return new Side(
                read(tensors, name + ".count", ElementType.INT64).getLong(),
                doubles(tensors, name + ".sum"),
                doubles(tensors, name + ".gram"));
    }

    private static double[] doubles(Safetensors tensors, String name) {
        ByteBuffer bytes = read(tensors, name, ElementType.FLOAT64);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    private static ByteBuffer read(Safetensors tensors, String name, ElementType type) {
        Safetensors.Tensor tensor = tensors.find(name)
                .filter(found -> found.type() == type && found.elements() > 0)
                .orElseThrow(() -> missing(name));
        return tensors.read(tensor);
    }

    private record Metadata(Map<String, String> texts) {
        String of(String key) {
            String text = texts.get(key);
            if (text == null) {
                throw missing(key);
            }
            return text;
        }
    }

    private static IllegalArgumentException missing(String what) {
        return new IllegalArgumentException(what + " is missing");
    }
}
