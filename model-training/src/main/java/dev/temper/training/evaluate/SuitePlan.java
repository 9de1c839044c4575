package dev.temper.training.evaluate;

/**
 * A suite of the plan. A new kind is a record whose components are its settings (paths are already resolved when it is
 * made, and bad values are refused by its constructor), and a line in the plan loader's table of kinds.
 */
public interface SuitePlan {

    /**
     * Reads its data.
     *
     * @param name in the plan, for messages
     * @throws dev.temper.runtime.TemperException with file and line if data is bad, or if an instrument is missing
     */
    Suite<?> open(String name, Instruments instruments);
}
