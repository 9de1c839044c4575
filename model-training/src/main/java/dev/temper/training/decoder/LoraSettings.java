package dev.temper.training.decoder;

import java.util.List;

/**
 * Low-rank adaptation (Hu et al., 2021): instead of a matrix W, a training changes B and A of W + alpha / rank · B A.
 *
 * @param rank of B A, at least 1; more can learn more, and takes more memory
 * @param alpha scale of what is learnt, above 0; twice the rank is usual
 * @param targets which projections are adapted, by their names in a checkpoint; at least one
 */
public record LoraSettings(int rank, double alpha, List<String> targets) {
    public static final LoraSettings DEFAULT = new LoraSettings(
            8, 16, List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));

    public LoraSettings {
        targets = List.copyOf(targets);
        if (rank < 1) {
            throw new IllegalArgumentException("lora.rank must be at least 1, not " + rank);
        }
        if (!(alpha > 0 && Double.isFinite(alpha))) {
            throw new IllegalArgumentException("lora.alpha must be finite and above 0, not " + alpha);
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("lora.targets must name at least one projection");
        }
    }
}
