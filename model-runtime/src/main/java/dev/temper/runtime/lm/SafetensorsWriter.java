package dev.temper.runtime.lm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes one safetensors file, tensor by tensor, so that it need not fit in memory. The same tensors give the same
 * bytes: they lie by falling element width, then by name, and the header is padded to a multiple of 8, so that every
 * tensor is aligned. Used by one thread; not complete until {@link #close()} returned.
 */
public final class SafetensorsWriter implements Closeable {

    /** A tensor to come. */
    public record Declared(String name, ElementType type, List<Long> shape) {
        public Declared {
            shape = List.copyOf(shape);
            if (name.equals("__metadata__") || shape.stream().anyMatch(size -> size < 0)) {
                throw new IllegalArgumentException("no tensor can be named " + name + " with shape " + shape);
            }
        }

        long bytes() {
            return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
        }
    }

    private final FileChannel channel;
    private final Map<String, Long> remaining = new LinkedHashMap<>();
    private final Map<String, Long> positions = new LinkedHashMap<>();

    /**
     * Creates the file, or replaces it, and writes the header.
     *
     * @param metadata texts to leave in the file; {@code format=pt} is what other readers look for
     */
    public SafetensorsWriter(Path file, List<Declared> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode header = JsonSettings.JSON.createObjectNode();
        ObjectNode texts = header.putObject("__metadata__");
        metadata.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> texts.put(e.getKey(), e.getValue()));
        long reached = 0;
        for (Declared tensor : tensors.stream().sorted(ORDER).toList()) {
            if (positions.put(tensor.name(), reached) != null) {
                throw new IllegalArgumentException("two tensors are named " + tensor.name());
            }
            remaining.put(tensor.name(), tensor.bytes());
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", tensor.type().safetensorsName());
            tensor.shape().forEach(entry.withArray("shape")::add);
            if (tensor.shape().isEmpty()) {
                entry.putArray("shape");
            }
            entry.putArray("data_offsets").add(reached).add(reached + tensor.bytes());
            reached += tensor.bytes();
        }
        byte[] json = JsonSettings.JSON.writeValueAsBytes(header);
        int length = (json.length + 7) / 8 * 8;
        ByteBuffer start =
                ByteBuffer.allocate(Safetensors.LENGTH_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(length).put(json);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        long dataStart = start.capacity();
        positions.replaceAll((name, position) -> position + dataStart);
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writeFully(start.flip(), 0);
    }

    private static final Comparator<Declared> ORDER =
            Comparator.comparing((Declared tensor) -> -tensor.type().bytes()).thenComparing(Declared::name);

    /** Writes the next bytes (little endian) of a tensor; called once or several times for each. */
    public void write(String name, ByteBuffer bytes) throws IOException {
        Long left = remaining.get(name);
        Long position = positions.get(name);
        if (left == null || position == null || left < bytes.remaining()) {
            throw new IllegalArgumentException("tensor " + name + " was not declared with so many bytes");
        }
        long count = bytes.remaining();
        writeFully(bytes, position);
        remaining.put(name, left - count);
        positions.put(name, position + count);
    }

    /** Writes the next elements of a float32 or bfloat16 tensor. */
    public void write(String name, float[] values, ElementType type) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, type.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case FLOAT32 -> bytes.putFloat(value);
                case BFLOAT16 -> bytes.putShort(HalfPrecision.toBfloat16(value));
                default -> throw new IllegalArgumentException("weights are stored as float32 or bfloat16, not " + type);
            }
        }
        write(name, bytes.flip());
    }

    /**
     * Forces the file to the disk.
     *
     * @throws IllegalStateException if a declared tensor was not written whole
     */
    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
        remaining.forEach((name, left) -> {
            if (left > 0) {
                throw new IllegalStateException("tensor " + name + " lacks " + left + " bytes");
            }
        });
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
