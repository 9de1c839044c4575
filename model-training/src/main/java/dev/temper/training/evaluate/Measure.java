package dev.temper.training.evaluate;

import dev.temper.training.metrics.Bootstrap;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A named number over rows.
 *
 * @param name in snake case: the key in results.json, and with blanks the column's title
 * @param group the part of the data that it is about; empty = all of it
 * @param decimals shown in tables
 * @param counts the rows that it is taken over
 * @param preparation looks at these rows once, and returns the statistic of any draw of their indices
 * @param <R> a row's numbers
 */
public record Measure<R>(
        String name, Optional<String> group, int decimals, Predicate<R> counts, Preparation<R> preparation) {

    /** From rows to the statistic that the bootstrap draws anew. */
    public interface Preparation<R> {
        Bootstrap.Statistic over(List<R> rows);
    }

    /** A measure over all rows that count. */
    public Measure(String name, int decimals, Predicate<R> counts, Preparation<R> preparation) {
        this(name, Optional.empty(), decimals, counts, preparation);
    }

    /** Sum of numerators over sum of denominators; with denominators of 1, the mean. */
    public static <R> Measure<R> ratio(String name, int decimals, Predicate<R> counts, Function<R, Ratio> part) {
        return ratio(name, decimals, counts, part, x -> x);
    }

    /** A function of a ratio of sums: exp, for perplexity. */
    public static <R> Measure<R> ratio(
            String name, int decimals, Predicate<R> counts, Function<R, Ratio> part, DoubleUnaryOperator of) {
        return new Measure<>(name, decimals, counts, rows -> {
            Bootstrap.Statistic ratio = Ratio.ofSums(rows.stream().map(part).toList());
            return drawn -> of.applyAsDouble(ratio.of(drawn));
        });
    }

    /** The same over a part of the rows. */
    public Measure<R> in(String groupName, Predicate<R> member) {
        return new Measure<>(name, Optional.of(groupName), decimals, counts.and(member), preparation);
    }
}
