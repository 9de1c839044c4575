package dev.temper.training.nado;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.lm.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** A folder of the reference's quantities. */
public record GoldenTensors(Safetensors file, JsonNode json) {

    public static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(GoldenTensors.class.getResource("/goldens/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static GoldenTensors open(String name) {
        try {
            return new GoldenTensors(
                    Safetensors.open(folder(name).resolve("golden.safetensors")),
                    new ObjectMapper()
                            .readTree(folder(name).resolve("golden.json").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Safetensors.Tensor tensor(String name) {
        return file.find(name).orElseThrow();
    }

    Shape shape(String name) {
        return new Shape(
                tensor(name).shape().stream().mapToLong(Long::longValue).toArray());
    }

    /** Any of the types that the goldens have, as doubles. */
    public double[] values(String name) {
        ByteBuffer bytes = file.read(tensor(name));
        double[] values = new double[(int) tensor(name).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor(name).type().safetensorsName()) {
                case "F64" -> bytes.getDouble();
                case "F32" -> bytes.getFloat();
                case "I32" -> bytes.getInt();
                default -> throw new IllegalStateException(name);
            };
        }
        return values;
    }

    NDArray array(NDManager owner, String name, DataType type) {
        try (NDArray doubles = owner.create(values(name), shape(name))) {
            NDArray array = doubles.toType(type, true);
            array.attach(owner);
            return array;
        }
    }
}
