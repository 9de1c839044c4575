package dev.temper.training.evaluate;

/** What one row of a suite's data measured: numbers, never text. A record that Jackson writes and reads. */
public interface SuiteRow {
    /** Unique in the suite; systems are compared on rows of the same id. */
    String id();
}
