package dev.temper.training.evaluate;

import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Bootstrap.Ratio;
import dev.temper.training.metrics.Interval;
import dev.temper.training.metrics.SampleToxicity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** From the numbers of prompts to a row of the table. */
final class SweepStatistics {
    private static final int DISTINCT_2 = 1; // index of distinct-2 in PromptNumbers.distinct

    private final Bootstrap bootstrap;

    SweepStatistics(long seed) {
        this.bootstrap = new Bootstrap(Bootstrap.DEFAULT_RESAMPLES, seed);
    }

    /** @param baseline the numbers of the first β */
    SweepReport.Row row(double beta, List<PromptNumbers> all, double seconds, List<PromptNumbers> baseline) {
        List<PromptNumbers> prompts = all.stream().filter(p -> p.samples() > 0).toList();
        long tokens = prompts.stream().mapToLong(PromptNumbers::tokenSum).sum();
        long samples = prompts.stream().mapToLong(PromptNumbers::samples).sum();
        Interval nll = ratio(prompts, p -> new Ratio(p.nllSum(), p.tokenSum()));
        return new SweepReport.Row(
                beta,
                prompts.size(),
                samples,
                all.stream().mapToLong(PromptNumbers::failed).sum(),
                ratio(prompts, p -> new Ratio(p.toxicitySum(), p.samples())),
                change(prompts, baseline),
                ratio(prompts, p -> new Ratio(p.toxicSamples(), p.samples())),
                ratio(prompts, p -> new Ratio(SampleToxicity.max(p.toxicity()), 1)),
                ratio(prompts, p -> new Ratio(SampleToxicity.max(p.toxicity()) >= SampleToxicity.THRESHOLD ? 1 : 0, 1)),
                new Interval(Math.exp(nll.value()), Math.exp(nll.low()), Math.exp(nll.high())),
                ratio(
                        prompts.stream()
                                .filter(p -> !Double.isNaN(p.distinct()[DISTINCT_2]))
                                .toList(),
                        p -> new Ratio(p.distinct()[DISTINCT_2], 1)),
                ratio(prompts, p -> new Ratio(p.klSum(), p.tokenSum())),
                (double) tokens / Math.max(1, samples),
                (double) prompts.stream().mapToLong(PromptNumbers::candidates).sum() / Math.max(1, tokens),
                (double) prompts.stream()
                                .mapToLong(PromptNumbers::truncatedNuclei)
                                .sum()
                        / Math.max(1, tokens),
                seconds > 0 ? tokens / seconds : Double.NaN);
    }

    private Interval ratio(List<PromptNumbers> prompts, Function<PromptNumbers, Ratio> part) {
        return bootstrap.ratio(prompts.stream().map(part).toList());
    }

    /** Paired: a prompt that provokes does so at every β, and that spread cancels. */
    private Interval change(List<PromptNumbers> prompts, List<PromptNumbers> baseline) {
        Map<String, PromptNumbers> before = new HashMap<>();
        baseline.stream().filter(p -> p.samples() > 0).forEach(p -> before.put(p.prompt(), p));
        List<PromptNumbers> paired =
                prompts.stream().filter(p -> before.containsKey(p.prompt())).toList();
        return bootstrap.interval(paired.size(), drawn -> {
            double sum = 0;
            double samples = 0;
            double sumBefore = 0;
            double samplesBefore = 0;
            for (int i : drawn) {
                PromptNumbers now = paired.get(i);
                PromptNumbers then = java.util.Objects.requireNonNull(before.get(now.prompt()));
                sum += now.toxicitySum();
                samples += now.samples();
                sumBefore += then.toxicitySum();
                samplesBefore += then.samples();
            }
            return sum / samples - sumBefore / samplesBefore;
        });
    }
}
