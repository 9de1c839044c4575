package dev.temper.training.optim;

import dev.temper.runtime.TemperException;
import dev.temper.training.progress.MetricsLog;
import dev.temper.training.progress.Progress;
import java.util.Locale;
import java.util.Map;

/**
 * Steps of gradient descent, from where a checkpoint left off to the end. Everything that a step does must follow from
 * its number, so that a killed training goes on with the same numbers.
 *
 * @param checkpointEvery steps between two checkpoints, at least 1
 */
public record TrainingLoop(
        AdamW adamW,
        LearningRateSchedule schedule,
        TrainingCheckpoint checkpoint,
        long checkpointEvery,
        MetricsLog log,
        Progress bar) {

    private static final int MOST_BAD_STEPS_IN_A_ROW = 20;
    private static final double LOSS_SMOOTHING = 0.95;

    /** Leaves the gradients of one step's batch on the weights. */
    public interface Body {
        /**
         * @param step from 0
         * @return the batch's loss
         */
        double backward(long step);
    }

    /**
     * Runs the steps.
     *
     * @param from steps done already
     * @param until the last step, this one not included
     * @throws TemperException if gradients stay not finite
     */
    public void run(long from, long until, Body body) {
        double smooth = Double.NaN; // for the eye only
        int badStepsInARow = 0;
        bar.reached(from);
        for (long step = from; step < until; step++) {
            double loss = body.backward(step);
            double learningRate = schedule.at(step);
            double norm = adamW.step(learningRate);
            badStepsInARow = Double.isFinite(norm) ? 0 : badStepsInARow + 1;
            if (badStepsInARow > MOST_BAD_STEPS_IN_A_ROW) {
                throw new TemperException("the training diverged: " + badStepsInARow + " gradients in a row are not"
                        + " finite (step " + step + "); lower the learning rate or compute in float32");
            }
            log.write(step + 1, line -> line.put("loss", loss)
                    .put("learning_rate", learningRate)
                    .put("gradient_norm", norm));
            smooth = Double.isNaN(smooth) ? loss : LOSS_SMOOTHING * smooth + (1 - LOSS_SMOOTHING) * loss;
            bar.say(String.format(Locale.ROOT, "loss %.4f", smooth));
            bar.reached(step + 1);
            if ((step + 1) % checkpointEvery == 0 && step + 1 < until) {
                log.flush();
                checkpoint.save(step + 1, Map.of());
            }
        }
        log.flush();
    }
}
