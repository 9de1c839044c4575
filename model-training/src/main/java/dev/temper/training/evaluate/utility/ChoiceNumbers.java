package dev.temper.training.evaluate.utility;

import dev.temper.training.evaluate.SuiteRow;
import java.util.stream.IntStream;

/**
 * What the options of one question measured; no text.
 *
 * @param id the question's
 * @param group data set or subject that it belongs to
 * @param answer index of the right option
 * @param logLikelihoods of each option, in nats, summed over its tokens
 * @param tokens of each option
 * @param bytes of each option's text, in UTF-8, without what leads over to it
 * @param shots solved examples before the question
 * @param droppedShots examples that the model had no room for
 * @param droppedTokens of the context's beginning that it had no room for even so, most of any option
 */
record ChoiceNumbers(
        String id,
        String group,
        int answer,
        double[] logLikelihoods,
        int[] tokens,
        int[] bytes,
        int shots,
        int droppedShots,
        int droppedTokens)
        implements SuiteRow {

    /** By what an option's log-likelihood is divided, before options are compared. */
    enum Per {
        /** Nothing: the likeliest text wins, so mostly a short one. */
        TEXT,
        /** The option's tokens. */
        TOKEN,
        /** The option's bytes, which do not depend on the tokenizer: {@code acc_norm} of the usual harnesses. */
        BYTE
    }

    /** 1 if the right option is the likeliest, 0 if another is; where several are, the share of a guess among them. */
    double correct(Per per) {
        double[] scores = IntStream.range(0, logLikelihoods.length)
                .mapToDouble(i -> switch (per) {
                    case TEXT -> logLikelihoods[i];
                    case TOKEN -> logLikelihoods[i] / Math.max(1, tokens[i]);
                    case BYTE -> logLikelihoods[i] / bytes[i];
                })
                .toArray();
        double best = IntStream.range(0, scores.length)
                .mapToDouble(i -> scores[i])
                .max()
                .orElseThrow();
        long ties =
                IntStream.range(0, scores.length).filter(i -> scores[i] == best).count();
        return scores[answer] == best ? 1.0 / ties : 0;
    }

    long tokenSum() {
        return IntStream.of(tokens).asLongStream().sum();
    }
}
