package dev.temper.training.evaluate;

import dev.temper.training.metrics.Bootstrap;
import java.util.List;
import java.util.function.Predicate;

/**
 * A named number over the same rows of two systems: a win rate, for one.
 *
 * @param name in snake case
 * @param decimals shown in tables
 * @param counts the rows that it is taken over; both systems' row must count
 * @param preparation looks at the rows once, and returns the statistic of any draw of their indices
 * @param <R> a row's numbers
 */
public record Comparison<R>(String name, int decimals, Predicate<R> counts, Preparation<R> preparation) {

    /** From rows to the statistic that the bootstrap draws anew; {@code own.get(i)} and {@code reference.get(i)} pair. */
    public interface Preparation<R> {
        Bootstrap.Statistic over(List<R> own, List<R> reference);
    }
}
