package dev.temper.sandbox.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An append-only file of JSON lines. An entry is on the disk when {@link #append} returns; a line that a crash cut short
 * was never acknowledged to anyone, and is cut off at the next start. Not thread-safe.
 */
final class JournalFile implements AutoCloseable {
    private final ObjectMapper json = new ObjectMapper();
    private final List<RegistryEntry> entries = new ArrayList<>();
    private final FileChannel channel;

    private JournalFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens a folder's file, which is created where it is missing, and reads it.
     *
     * @throws TemperException when a line other than a torn last one cannot be read
     */
    static JournalFile open(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        boolean created = Files.notExists(file);
        JournalFile journal = new JournalFile(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            journal.recover(file);
            if (created) {
                forceFolder(folder);
            }
            return journal;
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    /** What the file held when it was opened, oldest first. */
    List<RegistryEntry> entries() {
        return List.copyOf(entries);
    }

    /** Writes one entry and waits for the disk. On failure the file is as before. */
    void append(RegistryEntry entry) throws IOException {
        // Typed by the interface, so that the line carries its kind.
        byte[] line =
                (json.writerFor(RegistryEntry.class).writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
        long before = channel.position();
        try {
            ByteBuffer buffer = ByteBuffer.wrap(line);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(before);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void recover(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int lineStart = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            String line = new String(bytes, lineStart, i - lineStart, StandardCharsets.UTF_8);
            try {
                entries.add(json.readValue(line, RegistryEntry.class));
            } catch (JsonProcessingException e) {
                throw new TemperException(
                        "The schema registry's file " + file + " is damaged at line " + (entries.size() + 1)
                                + ": restore it from a copy, or delete the data folder to start afresh",
                        e);
            }
            lineStart = i + 1;
        }
        channel.truncate(lineStart);
        channel.position(lineStart);
    }

    /** A new file's name is on the disk only after its folder is. */
    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel handle = FileChannel.open(folder, StandardOpenOption.READ)) {
            handle.force(true);
        }
    }
}
