package dev.temper.training.evaluate;

/**
 * The plan's scorer. A new kind is a record whose components are its settings, and a line in the plan loader's table of
 * kinds.
 */
public interface ScorerPlan {

    /** @throws dev.temper.runtime.TemperException if it is missing or wrong */
    ToxicityMeter open(Workbench bench);
}
