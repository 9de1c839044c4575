package dev.temper.runtime.serve;

import dev.temper.runtime.score.TextScorer;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores the answers that ended at one step together, and hands all outcomes over. Used by the engine's thread only. */
final class AnswerDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerDelivery.class);

    private final Optional<TextScorer> scorer;

    AnswerDelivery(Optional<TextScorer> scorer) {
        this.scorer = scorer;
    }

    /** @return how many of them were answered */
    int deliver(List<RunningSequence> ended) {
        long now = System.nanoTime();
        List<RunningSequence> answered = new ArrayList<>();
        for (RunningSequence sequence : ended) {
            Failed failure = sequence.failure();
            if (failure == null) {
                sequence.finished(now);
                answered.add(sequence);
            } else {
                sequence.queued().complete(failure);
            }
        }
        if (!answered.isEmpty()) {
            score(answered, now);
        }
        return answered.size();
    }

    private void score(List<RunningSequence> answered, long startedNanos) {
        List<Map<String, Double>> scores;
        try {
            scores = scorer.isEmpty()
                    ? answered.stream().map(s -> Map.<String, Double>of()).toList()
                    : scorer.get()
                            .score(answered.stream().map(RunningSequence::text).toList());
        } catch (RuntimeException e) {
            LOG.error("Scoring {} answers failed", answered.size(), e);
            answered.forEach(s -> s.queued().fail(Reason.DEVICE_ERROR, "the scorer failed: " + firstLine(e)));
            return;
        }
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        for (int i = 0; i < answered.size(); i++) {
            RunningSequence sequence = answered.get(i);
            sequence.queued().complete(outcome(sequence, scores.get(i), seconds));
        }
    }

    /** A text that cannot be put together must not take the other answers with it. */
    private static GenerationOutcome outcome(RunningSequence sequence, Map<String, Double> scores, double seconds) {
        try {
            return sequence.outcome(scores, seconds);
        } catch (RuntimeException e) {
            LOG.error(
                    "The answer to request {} could not be put together",
                    sequence.queued().request().id(),
                    e);
            return sequence.queued().failed(Reason.DEVICE_ERROR, "the answer could not be decoded: " + firstLine(e));
        }
    }

    /** What went wrong, in a line. */
    static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }
}
