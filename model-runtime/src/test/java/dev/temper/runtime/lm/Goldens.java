package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds golden folders among the test resources, and copies them where a test may spoil them. */
public final class Goldens {
    private Goldens() {}

    /** A folder below {@code goldens/}, {@code models/llama2} for one. */
    public static Path folder(String name) {
        try {
            return Path.of(Goldens.class.getResource("/goldens/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new TemperException("no golden folder " + name, e);
        }
    }

    /** A copy without the large golden values. */
    public static Path copy(String name, Path target) {
        try (Stream<Path> files = Files.list(folder(name))) {
            Files.createDirectories(target);
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith("golden")) {
                    Files.copy(file, target.resolve(file.getFileName()));
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives a classifier's folder a second output, equal to its only one. */
    public static void duplicateScoreRow(Path folder) {
        Path file = folder.resolve("model.safetensors");
        Safetensors before = Safetensors.open(file);
        Map<String, ByteBuffer> contents = new LinkedHashMap<>();
        before.tensors().forEach((name, tensor) -> contents.put(name, before.read(tensor)));
        List<SafetensorsWriter.Declared> declared = before.tensors().values().stream()
                .map(tensor -> new SafetensorsWriter.Declared(
                        tensor.name(),
                        tensor.type(),
                        tensor.name().equals(LlamaWeights.SCORE)
                                ? List.of(2L, tensor.shape().get(1))
                                : tensor.shape()))
                .toList();
        try (SafetensorsWriter writer = new SafetensorsWriter(file, declared, Map.of())) {
            for (Map.Entry<String, ByteBuffer> content : contents.entrySet()) {
                writer.write(content.getKey(), content.getValue().duplicate());
                if (content.getKey().equals(LlamaWeights.SCORE)) {
                    writer.write(content.getKey(), content.getValue());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
