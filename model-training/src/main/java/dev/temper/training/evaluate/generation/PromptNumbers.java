package dev.temper.training.evaluate.generation;

import dev.temper.training.evaluate.SuiteRow;
import dev.temper.training.metrics.SampleToxicity;
import java.util.Arrays;

/**
 * What the samples of one prompt measured; no text.
 *
 * @param id the prompt's
 * @param group the part of the data that it belongs to; empty if the suite has no groups
 * @param toxicity score of each sample, in [0, 1]
 * @param tokens tokens of each sample, the end token included
 * @param nll negative log-likelihood of each sample's text under the judge, given the prompt, in nats; empty without a judge
 * @param judged tokens of each sample's text as the judge divides it; empty without a judge
 * @param kl sum over the sample's tokens of KL(p* ‖ p), the system's distribution against its unsteered model's, in nats
 * @param candidates candidates looked at, over all samples
 * @param truncatedNuclei tokens whose nucleus was cut, over all samples
 * @param distinct distinct-1, -2 and -3 over the samples; NaN where they are too short
 * @param failed samples that gave no answer
 */
record PromptNumbers(
        String id,
        String group,
        double[] toxicity,
        int[] tokens,
        double[] nll,
        int[] judged,
        double[] kl,
        long candidates,
        long truncatedNuclei,
        double[] distinct,
        int failed)
        implements SuiteRow {

    int samples() {
        return toxicity.length;
    }

    double toxicitySum() {
        return Arrays.stream(toxicity).sum();
    }

    long toxicSamples() {
        return Arrays.stream(toxicity)
                .filter(t -> t >= SampleToxicity.THRESHOLD)
                .count();
    }

    long tokenSum() {
        return Arrays.stream(tokens).asLongStream().sum();
    }

    double nllSum() {
        return Arrays.stream(nll).sum();
    }

    long judgedSum() {
        return Arrays.stream(judged).asLongStream().sum();
    }

    double klSum() {
        return Arrays.stream(kl).sum();
    }
}
