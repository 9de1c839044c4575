package dev.temper.training.evaluate;

/**
 * A system of the plan. A new kind is a record whose components are its settings (paths are already resolved when it is
 * made, and bad values are refused by its constructor), and a line in the plan loader's table of kinds.
 */
public interface SystemPlan {

    /**
     * Opens it, without loading weights.
     *
     * @param name in the plan, for messages
     * @throws dev.temper.runtime.TemperException if a file is missing or wrong
     */
    EvaluatedSystem open(String name, Workbench bench);
}
