package dev.temper.runtime.sasa;

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
        JSON.writeValue(file.toFile(), document);
    }

    /**
     * Reads a file and checks that it belongs to a model.
     *
     * @param modelHash SHA-256 of the weights of the model that it is to guide
     * @param hiddenSize that model's hidden size
     * @throws TemperException if the file is missing, damaged, or was fitted on another model
     */
    public static Subspace read(Path file, String modelHash, int hiddenSize) {
        if (!Files.isRegularFile(file)) {
            throw new TemperException("there is no subspace file " + file + "; make one with `temper fit-subspace`");
        }
        try {
            Document d = JSON.readValue(file.toFile(), Document.class);
            if (d == null || !FORMAT.equals(d.format()) || !BOUNDARY.equals(d.boundary())) {
                throw new TemperException(file + " is not a subspace file of format " + FORMAT + " taken " + BOUNDARY
                        + "; fit it again with `temper fit-subspace`");
            }
            if (!modelHash.equals(d.modelHash())) {
                throw new TemperException("subspace " + file + " was fitted on model " + d.modelId() + " (weights "
                        + abbreviate(d.modelHash()) + "), not on this one (weights " + abbreviate(modelHash)
                        + "); fit it again with `temper fit-subspace`");
            }
            if (d.direction().length != hiddenSize) {
                throw new TemperException("subspace " + file + " has " + d.direction().length
                        + " dimensions, the model has " + hiddenSize);
            }
            return new Subspace(
                    d.name(),
                    d.direction(),
                    d.offset(),
                    new Subspace.Provenance(
                            d.modelId(),
                            d.modelHash(),
                            d.labelRule(),
                            d.nonToxic(),
                            d.toxic(),
                            d.cutoff(),
                            d.rank(),
                            Instant.parse(d.created())),
                    d.quality());
        } catch (IOException | IllegalArgumentException | NullPointerException | java.time.DateTimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new TemperException(
                    "subspace file " + file + " cannot be read (" + reason
                            + "); fit it again with `temper fit-subspace`",
                    e);
        }
    }

    /** SHA-256 of a subspace file, hexadecimal: what events record. */
    public static String hash(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new TemperException("cannot read subspace file " + file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String abbreviate(String hash) {
        return hash.substring(0, Math.min(12, hash.length()));
    }
}
