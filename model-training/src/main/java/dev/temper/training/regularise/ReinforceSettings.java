package dev.temper.training.regularise;

/**
 * How the baseline {@link Algorithm#REINFORCE} weighs reward, distance and step.
 *
 * @param kl weight of KL(p ‖ base), summed over an answer's tokens, against the reward, at least 0
 * @param clip samples stop counting where their tokens' probability has changed by more than this share since they were
 *     drawn, in (0, 1)
 */
public record ReinforceSettings(double kl, double clip) {
    public static final ReinforceSettings DEFAULT = new ReinforceSettings(0.1, 0.2);

    public ReinforceSettings {
        if (!(kl >= 0 && Double.isFinite(kl))) {
            throw new IllegalArgumentException("kl must be finite and at least 0, not " + kl);
        }
        if (!(clip > 0 && clip < 1)) {
            throw new IllegalArgumentException("clip must be in (0, 1), not " + clip);
        }
    }
}
