package dev.temper.runtime.sasa;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;

/** Subspaces as JSON files: numbers in full precision, readable by an auditor. */
public final class SubspaceFile {
    private static final String FORMAT = "temper-subspace/1";
    private static final String BOUNDARY = "after_final_norm";
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private SubspaceFile() {}

    /** The file's layout. Instants are ISO-8601 strings. */
    private record Document(
            String format,
            String name,
            String boundary,
            String modelId,
            String modelHash,
            String labelRule,
            long nonToxic,
            long toxic,
            double cutoff,
            int rank,
            String created,
            Subspace.Quality quality,
            double offset,
            double[] direction) {}

    /** Writes the file, replacing what was there. */
    public static void write(Subspace subspace, Path file) throws IOException {
        Files.write(file, bytes(subspace));
    }

    /** What the file of a subspace holds, in UTF-8. */
    public static byte[] bytes(Subspace subspace) {
        Subspace.Provenance p = subspace.provenance();
        Document document = new Document(
                FORMAT,
                subspace.name(),
                BOUNDARY,
                p.modelId(),
                p.modelHash(),
                p.labelRule(),
                p.nonToxic(),
                p.toxic(),
                p.cutoff(),
                p.rank(),
                p.created().toString(),
                subspace.quality(),
                subspace.offset(),
                subspace.direction());
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a subspace can always be written", e);
        }
    }

    /**
     * Reads a file and checks that it belongs to a model.
     *
     * @param modelHash SHA-256 of the weights of the model that it is to guide
     * @param hiddenSize that model's hidden size
     * @throws TemperException if the file is missing, damaged, or was fitted on another model
     */
    public static Subspace read(Path file, String modelHash, int hiddenSize) {
        Subspace subspace = read(file);
        Subspace.Provenance from = subspace.provenance();
        if (!modelHash.equals(from.modelHash())) {
            throw new TemperException("subspace " + file + " was fitted on model " + from.modelId() + " (weights "
                    + abbreviate(from.modelHash()) + "), not on this one (weights " + abbreviate(modelHash)
                    + "); fit it again with `temper fit-subspace`");
        }
        if (subspace.direction().length != hiddenSize) {
            throw new TemperException("subspace " + file + " has " + subspace.direction().length
                    + " dimensions, the model has " + hiddenSize);
        }
        return subspace;
    }

    /** Reads a file of whatever model. */
    public static Subspace read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new TemperException("there is no subspace file " + file + "; make one with `temper fit-subspace`");
        }
        try {
            return parse(Files.readAllBytes(file), "subspace file " + file);
        } catch (IOException e) {
            throw new TemperException("cannot read subspace file " + file + " (" + e + ")", e);
        }
    }

    /**
     * Reads what {@link #bytes} wrote.
     *
     * @param what it is, for messages
     * @throws TemperException if it is not the layout of a subspace file, or is no subspace
     */
    public static Subspace parse(byte[] document, String what) {
        try {
            Document d = JSON.readValue(document, Document.class);
            if (d == null || !FORMAT.equals(d.format()) || !BOUNDARY.equals(d.boundary())) {
                throw new TemperException(what + " is not a subspace file of format " + FORMAT + " taken " + BOUNDARY
                        + "; fit it again with `temper fit-subspace`");
            }
            return new Subspace(
                    d.name(),
                    d.direction(),
                    d.offset(),
                    new Subspace.Provenance(
                            Objects.requireNonNull(d.modelId()),
                            Objects.requireNonNull(d.modelHash()),
                            Objects.requireNonNull(d.labelRule()),
                            d.nonToxic(),
                            d.toxic(),
                            d.cutoff(),
                            d.rank(),
                            Instant.parse(d.created())),
                    d.quality());
        } catch (IOException | IllegalArgumentException | NullPointerException | java.time.DateTimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new TemperException(
                    what + " cannot be read (" + reason + "); fit it again with `temper fit-subspace`", e);
        }
    }

    /** SHA-256 of a subspace file, hexadecimal: what events record. */
    public static String hash(Path file) {
        try {
            return hash(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new TemperException("cannot read subspace file " + file, e);
        }
    }

    /** The same of what a subspace file holds. */
    public static String hash(byte[] document) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String abbreviate(String hash) {
        return hash.substring(0, Math.min(12, hash.length()));
    }
}
