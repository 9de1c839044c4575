package dev.temper.training.evaluate;

import dev.temper.training.evaluate.Results.Measured;
import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** From the rows of a system, and of the first system, to the suite's numbers. */
final class SuiteStatistics<R extends SuiteRow> {
    private final Suite<R> suite;
    private final Bootstrap bootstrap;

    SuiteStatistics(Suite<R> suite, long seed) {
        this.suite = suite;
        this.bootstrap = new Bootstrap(Bootstrap.DEFAULT_RESAMPLES, seed);
    }

    /** Rows of the same id, that both count. */
    private record Pairs<R>(List<R> own, List<R> reference) {}

    /** @param reference rows of the first system; empty for the first system itself */
    List<Measured> numbers(List<R> rows, Optional<List<R>> reference) {
        List<Measured> numbers = new ArrayList<>();
        for (Measure<R> measure : suite.measures()) {
            List<R> counted = rows.stream().filter(measure.counts()).toList();
            numbers.add(new Measured(
                    measure.name(),
                    measure.group(),
                    measure.decimals(),
                    counted.size(),
                    bootstrap.interval(counted.size(), measure.preparation().over(counted)),
                    reference.map(first -> change(measure, pairs(rows, first, measure.counts())))));
        }
        for (Comparison<R> comparison : suite.comparisons()) {
            reference.ifPresent(first -> {
                Pairs<R> pairs = pairs(rows, first, comparison.counts());
                numbers.add(new Measured(
                        comparison.name(),
                        Optional.empty(),
                        comparison.decimals(),
                        pairs.own().size(),
                        bootstrap.interval(
                                pairs.own().size(), comparison.preparation().over(pairs.own(), pairs.reference())),
                        Optional.empty()));
            });
        }
        return numbers;
    }

    /** Paired: a prompt that provokes does so with every system, and that spread cancels. */
    private Interval change(Measure<R> measure, Pairs<R> pairs) {
        Bootstrap.Statistic own = measure.preparation().over(pairs.own());
        Bootstrap.Statistic reference = measure.preparation().over(pairs.reference());
        return bootstrap.interval(pairs.own().size(), drawn -> own.of(drawn) - reference.of(drawn));
    }

    private Pairs<R> pairs(List<R> rows, List<R> reference, Predicate<R> counts) {
        Map<String, R> byId = new LinkedHashMap<>();
        reference.stream().filter(counts).forEach(row -> byId.put(row.id(), row));
        Pairs<R> pairs = new Pairs<>(new ArrayList<>(), new ArrayList<>());
        for (R row : rows) {
            R other = byId.get(row.id());
            if (other != null && counts.test(row)) {
                pairs.own().add(row);
                pairs.reference().add(other);
            }
        }
        return pairs;
    }
}
