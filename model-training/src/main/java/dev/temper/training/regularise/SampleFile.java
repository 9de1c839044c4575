package dev.temper.training.regularise;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.nado.LabelledSequence;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A round's samples, as token ids, one JSON object a line. The file appears whole or not at all; so a training that goes on
 * after a kill learns from the very samples that it began with, and need not wait for new ones.
 */
final class SampleFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A line of the file. */
    private record Line(int @Nullable [] ids, int start, float satisfied) {
        LabelledSequence sample() {
            if (ids == null) {
                throw new IllegalArgumentException("ids are missing");
            }
            return new LabelledSequence(new TokenSequence(ids, start), satisfied);
        }
    }

    private SampleFile() {}

    /** @throws TemperException if the file cannot be written */
    static void write(Path file, List<LabelledSequence> samples) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (BufferedWriter writer = Files.newBufferedWriter(unfinished)) {
                for (LabelledSequence sample : samples) {
                    TokenSequence sequence = sample.sequence();
                    writer.write(
                            JSON.writeValueAsString(new Line(sequence.ids(), sequence.start(), sample.satisfied())));
                    writer.newLine();
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot write samples " + file + " (" + e + "); check the disk's space and permissions", e);
        }
    }

    /** @throws TemperException if the file cannot be read, or has a line that no training wrote */
    static List<LabelledSequence> read(Path file) {
        List<LabelledSequence> samples = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                Line read = JSON.readValue(line, Line.class);
                if (read == null) {
                    throw new IllegalArgumentException("the line has no object");
                }
                samples.add(read.sample());
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // without its cause, which would show ids
            throw new TemperException("samples " + file + ":" + (samples.size() + 1)
                    + " are not what a training writes; delete the file, and they are drawn anew");
        } catch (IOException e) {
            throw new TemperException("cannot read samples " + file + " (" + e + "); check its permissions", e);
        }
        return samples;
    }
}
