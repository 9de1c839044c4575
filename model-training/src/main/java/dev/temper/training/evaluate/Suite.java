package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * One kind of measurement on one set of data: a class that is given systems one after the other, and measures each on
 * every row of its data.
 *
 * <p>The evaluation calls {@link #measure} for windows of rows in order, keeps what it returns in a file, and after a kill
 * goes on with the first window that is missing. So a row's numbers depend on the system, the row and the seed alone, not
 * on the other rows of its window. When all rows of all systems are there, every {@link Measure} and {@link Comparison}
 * is taken over them, with intervals by bootstrap over rows. Used by one thread.
 *
 * @param <R> a row's numbers
 */
public interface Suite<R extends SuiteRow> extends AutoCloseable {

    /** Everything that the rows' numbers depend on, the system apart: data with hashes, settings, judges. */
    ObjectNode description();

    /** The record that a line of the file of numbers is read back into. */
    Class<R> rowType();

    /** Rows of data. */
    int size();

    /** Rows that are measured in one go, and lost at most when the evaluation is killed. */
    default int window() {
        return 32;
    }

    /**
     * Why this suite cannot measure this system; asked before anything is loaded. A system with a reason has no numbers
     * here, and the report says why.
     */
    default Optional<String> inapplicable(EvaluatedSystem system) {
        return Optional.empty();
    }

    /**
     * Measures rows {@code from} (included) to {@code to} (excluded), in order.
     *
     * @throws dev.temper.runtime.TemperException if the system cannot answer
     */
    List<R> measure(EvaluatedSystem system, int from, int to);

    /** The suite's numbers, in the order of the table's columns. */
    List<Measure<R>> measures();

    /** Numbers that need the same rows of two systems, beside the differences that every measure gets. */
    default List<Comparison<R>> comparisons() {
        return List.of();
    }

    /** Tokens that the system made or read for this row; for tokens a second. */
    default long tokens(R row) {
        return 0;
    }

    /** Frees what it loaded, if it loads anything of its own. */
    @Override
    default void close() {}
}
