package dev.temper.training.nado;

/**
 * How well R foresees the oracle on samples that it did not learn from.
 *
 * @param steps steps of training
 * @param samples samples that it learnt from
 * @param heldOut samples that judge
 * @param satisfied mean of the oracle's labels of these
 * @param crossEntropy mean over them of the binary cross-entropy at the last token, in nats
 * @param rocAuc of R at the last token; NaN when all labels are the same
 * @param rocAucOfPrompt of R at the prompt's last token; NaN when all labels are the same
 */
public record AuxiliaryReport(
        long steps,
        int samples,
        int heldOut,
        double satisfied,
        double crossEntropy,
        double rocAuc,
        double rocAucOfPrompt) {}
