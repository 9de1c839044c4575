package dev.temper.sandbox;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a data folder to one owner. The operating system holds the lock, so a killed process leaves none behind; the
 * file itself stays, and names the process that wrote it last, for the message only.
 */
public final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Creates the folder where it is missing and takes its lock.
     *
     * @param folder the data folder
     * @param owner what the folder belongs to, in words, for the message: {@code "an embedded broker"}
     * @throws TemperException when another owner holds the lock, or the folder cannot be written
     */
    public static FolderLock acquire(Path folder, String owner) {
        Path file = folder.resolve("lock");
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                String holder = Files.readString(file).strip();
                channel.close();
                throw new TemperException("The data folder " + folder.toAbsolutePath() + " is in use by " + owner
                        + (holder.isEmpty() ? "" : " in process " + holder) + ": stop it, or choose another folder");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new FolderLock(channel);
        } catch (IOException e) {
            throw new TemperException(
                    "The data folder " + folder.toAbsolutePath() + " cannot be used: " + e.getMessage()
                            + "; choose one that this user may write to",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    /** Lets go; the folder and the file stay. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TemperException("The lock could not be released: " + e.getMessage(), e);
        }
    }
}
