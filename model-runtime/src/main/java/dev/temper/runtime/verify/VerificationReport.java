package dev.temper.runtime.verify;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.verify.Difference.Quantity;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a verification found.
 *
 * @param modelId the model folder's name
 * @param modelHash SHA-256 of its weights
 * @param elementType what this runtime computed in
 * @param differences computed values against the reference's
 * @param greedy greedy continuations against the reference's; none for a classifier
 * @param sampled tokens drawn from filtered distributions against the reference's; none for a classifier
 * @param tokenizer token ids of the golden texts against the reference's
 * @param notCompared golden tensors that this verification does not know, or that other types of numbers are compared with
 */
public record VerificationReport(
        String modelId,
        String modelHash,
        ElementType elementType,
        List<Difference> differences,
        List<TokenAgreement> greedy,
        List<TokenAgreement> sampled,
        List<TokenAgreement> tokenizer,
        List<String> notCompared) {
    public VerificationReport {
        differences = List.copyOf(differences);
        greedy = List.copyOf(greedy);
        sampled = List.copyOf(sampled);
        tokenizer = List.copyOf(tokenizer);
        notCompared = List.copyOf(notCompared);
    }

    /** Whether everything is within its tolerance, and something was compared. */
    public boolean passed() {
        return !differences.isEmpty()
                && differences.stream().allMatch(Difference::passed)
                && greedy.stream().allMatch(TokenAgreement::passed)
                && sampled.stream().allMatch(TokenAgreement::passed)
                && tokenizer.stream().allMatch(TokenAgreement::passed);
    }

    /** The comparison of this quantity that came out worst, if there was one. */
    public Optional<Difference> worst(Quantity quantity) {
        return differences.stream()
                .filter(difference -> difference.quantity() == quantity)
                .max(Comparator.comparingDouble(Difference::maxAbsolute));
    }

    /** Share of greedy tokens that equal the reference's, in [0, 1]; 1 when none were compared. */
    public double greedyShare() {
        return share(greedy);
    }

    /** Share of drawn tokens that equal the reference's, in [0, 1]; 1 when none were compared. */
    public double sampledShare() {
        return share(sampled);
    }

    /** Share of the golden texts' token ids that equal the reference's, in [0, 1]; 1 when none were compared. */
    public double tokenizerShare() {
        return share(tokenizer);
    }

    private static double share(List<TokenAgreement> agreements) {
        long all = agreements.stream().mapToLong(TokenAgreement::tokens).sum();
        long equal = agreements.stream().mapToLong(TokenAgreement::equal).sum();
        return all == 0 ? 1 : (double) equal / all;
    }
}
