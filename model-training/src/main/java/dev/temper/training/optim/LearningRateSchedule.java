package dev.temper.training.optim;

/**
 * Linear warm-up, then half a cosine from the peak to a share of it.
 *
 * @param peak largest learning rate, above 0
 * @param warmupSteps steps until the peak is reached, at least 0
 * @param totalSteps steps until the end of the cosine, at least 1; beyond it the last value stays
 * @param finalShare share of the peak at the end, in [0, 1]
 */
public record LearningRateSchedule(double peak, long warmupSteps, long totalSteps, double finalShare) {
    public LearningRateSchedule {
        require(peak > 0 && Double.isFinite(peak), "the learning rate must be finite and above 0, not " + peak);
        require(warmupSteps >= 0, "warm-up steps must be at least 0, not " + warmupSteps);
        require(totalSteps >= 1, "steps must be at least 1, not " + totalSteps);
        require(finalShare >= 0 && finalShare <= 1, "the final share must be in [0, 1], not " + finalShare);
    }

    /**
     * The learning rate of a step.
     *
     * @param step from 0
     */
    public double at(long step) {
        if (step < warmupSteps) {
            return peak * (step + 1) / warmupSteps;
        }
        double done = Math.min(1, (step - warmupSteps + 1) / (double) Math.max(1, totalSteps - warmupSteps));
        return peak * (finalShare + (1 - finalShare) * (1 + Math.cos(Math.PI * done)) / 2);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
