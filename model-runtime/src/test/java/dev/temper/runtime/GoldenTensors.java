package dev.temper.runtime;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Safetensors;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reference numbers under {@code src/test/resources/goldens}. */
public final class GoldenTensors {
    private static final Path FOLDER = Path.of("src/test/resources/goldens");

    private final Safetensors file;

    private GoldenTensors(Safetensors file) {
        this.file = file;
    }

    /** A folder of goldens, relative to all of them. */
    public static Path folder(String name) {
        return FOLDER.resolve(name);
    }

    /** The {@code golden.safetensors} of a folder. */
    public static GoldenTensors of(String folder) {
        return new GoldenTensors(Safetensors.open(folder(folder).resolve("golden.safetensors")));
    }

    public boolean has(String name) {
        return file.find(name).isPresent();
    }

    /** A tensor's dimensions. */
    public int[] shape(String name) {
        return tensor(name).shape().stream().mapToInt(Long::intValue).toArray();
    }

    /** A tensor of reals or integers, flat. */
    public double[] doubles(String name) {
        Safetensors.Tensor tensor = tensor(name);
        ByteBuffer bytes = file.read(tensor);
        double[] values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = next(bytes, tensor.type());
        }
        return values;
    }

    public float[] floats(String name) {
        double[] values = doubles(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    public int[] ints(String name) {
        double[] values = doubles(name);
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }

    private Safetensors.Tensor tensor(String name) {
        return file.find(name).orElseThrow(() -> new IllegalArgumentException("no golden tensor " + name));
    }

    private static double next(ByteBuffer bytes, ElementType type) {
        return switch (type) {
            case FLOAT64 -> bytes.getDouble();
            case FLOAT32 -> bytes.getFloat();
            case INT32 -> bytes.getInt();
            case INT64 -> bytes.getLong();
            default -> throw new IllegalArgumentException("no reader for goldens of type " + type);
        };
    }
}
