package dev.temper.runtime.lm;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * What a sequence classifier's outputs mean.
 *
 * @param labels names of the outputs, in their order; different from each other
 * @param problem how outputs become probabilities
 */
public record ClassificationHead(List<String> labels, Problem problem) {

    /** How outputs become probabilities: the reference's text-classification pipeline. */
    public enum Problem {
        /** Exactly one label applies: softmax over the outputs. */
        SINGLE_LABEL("single_label_classification"),
        /** Each label applies or not: a sigmoid for each output. One lone label is always of this kind. */
        MULTI_LABEL("multi_label_classification");

        private final String configName;

        Problem(String configName) {
            this.configName = configName;
        }

        /** The name in {@code config.json}. */
        public String configName() {
            return configName;
        }
    }

    public ClassificationHead {
        labels = List.copyOf(labels);
        Objects.requireNonNull(problem, "problem");
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("a classifier needs at least one label");
        }
        if (labels.size() == 1 && problem == Problem.SINGLE_LABEL) {
            throw new IllegalArgumentException("one label alone cannot be chosen among others; use MULTI_LABEL");
        }
        if (new HashSet<>(labels).size() < labels.size()) {
            throw new IllegalArgumentException("two labels of a classifier have the same name");
        }
    }

    /**
     * Probabilities of the labels: softmax or sigmoid, as the problem asks.
     *
     * @param logits one text's outputs, one for each label
     * @return NaN for every label if an output is not finite: a sigmoid would make a certainty of an infinite one
     */
    public double[] probabilities(float[] logits) {
        if (logits.length != labels.size()) {
            throw new IllegalArgumentException(logits.length + " outputs for " + labels.size() + " labels");
        }
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                double[] unknown = new double[logits.length];
                Arrays.fill(unknown, Double.NaN);
                return unknown;
            }
        }
        double[] probabilities = new double[logits.length];
        if (problem == Problem.MULTI_LABEL) {
            for (int i = 0; i < logits.length; i++) {
                probabilities[i] = 1 / (1 + Math.exp(-logits[i]));
            }
            return probabilities;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = Math.exp(logits[i] - largest);
            sum += probabilities[i];
        }
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }
}
