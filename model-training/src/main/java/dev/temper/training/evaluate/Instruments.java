package dev.temper.training.evaluate;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import java.util.Optional;

/**
 * What suites measure with; owned by the evaluation, and the same for all suites and systems.
 *
 * @param judge of perplexity, if the plan names one
 * @param scorer of toxicity, if the plan names one
 * @param decoding of the plan
 * @param seed of the plan
 */
public record Instruments(
        Workbench bench,
        Optional<PerplexityJudge> judge,
        Optional<ToxicityMeter> scorer,
        DecodingParameters decoding,
        long seed) {

    /** The judge, of a suite that cannot do without. */
    public PerplexityJudge judgeFor(String suite) {
        return judge.orElseThrow(() ->
                new TemperException("suite '" + suite + "' measures perplexity; name a model in the plan's judge"));
    }

    /** The scorer, of a suite that cannot do without. */
    public ToxicityMeter scorerFor(String suite) {
        return scorer.orElseThrow(() ->
                new TemperException("suite '" + suite + "' measures toxicity; name a classifier in the plan's scorer"));
    }
}
