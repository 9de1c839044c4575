package dev.temper.app.subspaces;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.schemas.event.SubspaceEvaluation;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.subspace.RefitResult;
import dev.temper.training.subspace.SubspaceRefitting;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Refits as events. */
public final class Refits {
    private static final int VERSION_DIGITS = 16;

    private Refits() {}

    /**
     * What a refit is to be made of.
     *
     * @param name of the subspace in the configuration
     * @param baseHash of the configured file
     * @param inForceHash of what it is judged against
     */
    public record Plan(String name, String baseHash, String inForceHash, SubspaceRefitting.Input input) {

        /** The verdicts to fit on, by flagged event; true is toxic. */
        public SortedMap<String, Boolean> verdicts() {
            SortedMap<String, Boolean> verdicts = new TreeMap<>();
            input.answers().stream()
                    .filter(answer -> !HeldOutSplit.isHeldOut(answer.text()))
                    .forEach(answer -> verdicts.put(answer.id(), answer.toxic()));
            return verdicts;
        }

        /** Follows from base, weight and verdicts alone, so that the same verdicts are the same version. */
        public String version() {
            String from = baseHash + " " + input.weight() + " " + verdicts();
            return SubspaceFile.hash(from.getBytes(StandardCharsets.UTF_8)).substring(0, VERSION_DIGITS);
        }

        /** The record that puts the result in force. */
        public SubspaceEvent event(RefitResult result, ReviewedAnswers reviewed, Instant publishedAt) {
            Subspace subspace = result.fitted().subspace();
            byte[] document = SubspaceFile.bytes(subspace);
            Map<String, Long> offsets = new HashMap<>();
            reviewed.verdictOffsets().forEach((partition, offset) -> offsets.put(Integer.toString(partition), offset));
            RefitResult.Evaluation labelled = result.labelled();
            return SubspaceEvent.newBuilder()
                    .setName(name)
                    .setVersion(version())
                    .setHash(SubspaceFile.hash(document))
                    .setBaseHash(baseHash)
                    .setParentHash(inForceHash)
                    .setModelId(subspace.provenance().modelId())
                    .setModelHash(subspace.provenance().modelHash())
                    .setDocument(new String(document, StandardCharsets.UTF_8))
                    .setNonToxic(subspace.provenance().nonToxic())
                    .setToxic(subspace.provenance().toxic())
                    .setVerdictsNotToxic(result.notToxic())
                    .setVerdictsToxic(result.toxic())
                    .setVerdictWeight(input.weight())
                    .setVerdictOffsets(offsets)
                    .setEvaluation(new SubspaceEvaluation(
                            (long) labelled.rows(),
                            labelled.after().value(),
                            labelled.after().low(),
                            labelled.after().high(),
                            labelled.before().value()))
                    .setPublishedAt(publishedAt)
                    .build();
        }
    }
}
