package dev.temper.training.evaluate.utility;

import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.SpanEncoder.EncodedPair;
import dev.temper.training.likelihood.SpanLikelihood;
import dev.temper.training.likelihood.TokenLikelihoods;
import java.util.ArrayList;
import java.util.List;

/** Asks a model how likely it finds the options of questions, all together. */
final class ChoiceJudge {
    private ChoiceJudge() {}

    /** A question, and how many solved examples stand before it. */
    record Asked(ChoiceItem item, int shots, int droppedShots) {}

    static List<ChoiceNumbers> judge(List<Asked> asked, SpanEncoder encoder, SpanLikelihood model) {
        List<EncodedPair> encoded = encoder.encode(
                asked.stream().flatMap(a -> a.item().options().stream()).toList());
        List<TokenLikelihoods> judged =
                model.of(encoded.stream().map(EncodedPair::span).toList());
        List<ChoiceNumbers> numbers = new ArrayList<>();
        int at = 0;
        for (Asked one : asked) {
            int options = one.item().options().size();
            double[] logLikelihoods = new double[options];
            int[] tokens = new int[options];
            int dropped = 0;
            for (int i = 0; i < options; i++, at++) {
                logLikelihoods[i] = judged.get(at).sum();
                tokens[i] = encoded.get(at).span().judged();
                dropped = Math.max(dropped, encoded.get(at).dropped());
            }
            numbers.add(new ChoiceNumbers(
                    one.item().id(),
                    one.item().group(),
                    one.item().answer(),
                    logLikelihoods,
                    tokens,
                    one.item().bytes().stream().mapToInt(Integer::intValue).toArray(),
                    one.shots(),
                    one.droppedShots(),
                    dropped));
        }
        return numbers;
    }
}
