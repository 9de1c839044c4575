package dev.temper.app.subspaces;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.sasa.SubspaceVersion;
import dev.temper.schemas.event.SubspaceEvaluation;
import dev.temper.schemas.event.SubspaceEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Subspaces of a model "m" with two dimensions, and their events. */
public final class SampleSubspaces {
    public static final String NAME = "toxicity";

    private SampleSubspaces() {}

    /** What a service is configured with that has the subspace "toxicity". */
    public static Map<String, SubspaceVersion> configured() {
        byte[] document = SubspaceFile.bytes(subspace("m", 1, 0));
        return Map.of(NAME, new SubspaceVersion(SubspaceFile.parse(document, "a sample"), SubspaceFile.hash(document)));
    }

    static Subspace subspace(String modelHash, double... direction) {
        return new Subspace(
                NAME,
                direction,
                0.5,
                new Subspace.Provenance("model " + modelHash, modelHash, "rule", 3, 2, 1e-10, 2, Instant.EPOCH),
                new Subspace.Quality(5, 0.75, 1, 0.5, -1, 0.5));
    }

    /** A good event; the direction tells versions apart. */
    public static SubspaceEvent.Builder event(String modelHash, double... direction) {
        byte[] document = SubspaceFile.bytes(subspace(modelHash, direction));
        String hash = SubspaceFile.hash(document);
        return SubspaceEvent.newBuilder()
                .setName(NAME)
                .setVersion(hash.substring(0, 16))
                .setHash(hash)
                .setBaseHash("ab")
                .setParentHash("ab")
                .setModelId("model " + modelHash)
                .setModelHash(modelHash)
                .setDocument(new String(document, StandardCharsets.UTF_8))
                .setNonToxic(3)
                .setToxic(2)
                .setEvaluation(new SubspaceEvaluation(5L, 0.75, 0.7, 0.8, 0.74))
                .setPublishedAt(Instant.EPOCH);
    }
}
