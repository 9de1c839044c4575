package dev.temper.runtime.lm;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of contents of one safetensors file, checked against the file's size. Values are read only when asked for.
 * Immutable and thread-safe.
 *
 * @param file the file
 * @param fileSize its size in bytes when the header was read
 * @param tensors name to tensor, in the order of their bytes
 * @param metadata the texts that the file's author left
 */
public record Safetensors(Path file, long fileSize, Map<String, Tensor> tensors, Map<String, String> metadata) {

    /** A header larger than this is refused, as in the reference implementation. */
    public static final long MAX_HEADER_BYTES = 100_000_000;

    /** Bytes before the header: its length. */
    static final int LENGTH_BYTES = 8;

    /**
     * One tensor of a file.
     *
     * @param shape sizes of the dimensions; empty for a single number
     * @param begin first byte in the file, counted from its start
     * @param end first byte after it
     */
    public record Tensor(String name, ElementType type, List<Long> shape, long begin, long end) {
        public Tensor {
            shape = List.copyOf(shape);
        }

        public long elements() {
            return (end - begin) / type.bytes();
        }

        public long bytes() {
            return end - begin;
        }

        /** Whether the bytes can be read in place as elements of the type. */
        boolean aligned() {
            return begin % type.bytes() == 0;
        }
    }

    /**
     * Reads and checks the header of a file.
     *
     * @throws TemperException if the file is missing or unreadable, or its header is not valid: longer than the file or
     *     than {@link #MAX_HEADER_BYTES}, not JSON, with an unknown type, with a size that is not the shape's, or with
     *     bytes outside the file, in two tensors or in none
     */
    public static Safetensors open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < LENGTH_BYTES) {
                throw SafetensorsHeader.invalid(file, "it has only " + size + " bytes");
            }
            long length = readFully(file, channel, 0, LENGTH_BYTES).getLong();
            if (length < 2 || length > MAX_HEADER_BYTES || length > size - LENGTH_BYTES) {
                throw SafetensorsHeader.invalid(
                        file,
                        "its header claims " + Long.toUnsignedString(length) + " bytes of a file of " + size
                                + " (most allowed: " + MAX_HEADER_BYTES + ")");
            }
            byte[] header = readFully(file, channel, LENGTH_BYTES, (int) length).array();
            return SafetensorsHeader.parse(file, header, size);
        } catch (NoSuchFileException e) {
            throw new TemperException(file + " does not exist; fetch the model's files again", e);
        } catch (IOException e) {
            throw new TemperException("cannot read " + file + " (" + e + "); check its permissions", e);
        }
    }

    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * Reads a tensor of at most 2 GB into memory as it is stored, little endian.
     *
     * @throws TemperException if the file cannot be read, or has become shorter
     */
    public ByteBuffer read(Tensor tensor) {
        return read(tensor, 0, tensor.elements());
    }

    /** Reads {@code count} elements of a tensor from element {@code first} on. */
    ByteBuffer read(Tensor tensor, long first, long count) {
        int width = tensor.type().bytes();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return readFully(file, channel, tensor.begin() + first * width, Math.toIntExact(count * width));
        } catch (IOException e) {
            throw new TemperException("cannot read " + file + " (" + e + ")", e);
        }
    }

    private static ByteBuffer readFully(Path file, FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw SafetensorsHeader.invalid(file, "it ended while it was read");
            }
        }
        return buffer.flip();
    }
}
