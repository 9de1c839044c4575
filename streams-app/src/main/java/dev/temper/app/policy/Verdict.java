package dev.temper.app.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy's judgement of one answer.
 *
 * @param action the strongest action of any exceeded category; {@link Action#ALLOW} where none was
 * @param severity the highest severity of any category: 0 safe, 2 low, 4 medium, 6 high
 * @param categories one entry for each scored category, in the scorer's order, then one for each blocklist that found
 *     something
 * @param policyVersion which policy judged
 */
public record Verdict(Action action, int severity, List<CategoryVerdict> categories, String policyVersion) {
    public Verdict {
        categories = List.copyOf(categories);
    }

    /** Whether a flag is raised, once the action is one that ends the prompt. */
    public boolean flagged() {
        return action == Action.AUDIT || action == Action.BLOCK;
    }

    /** The same judgement with another action. */
    public Verdict withAction(Action instead) {
        return new Verdict(instead, severity, categories, policyVersion);
    }

    /**
     * One category's score and what it was held against.
     *
     * @param score probability in [0, 1]; 1 for a blocklist that found something
     * @param threshold the rule's threshold in (0, 1]; absent for a blocklist
     * @param exceeded whether the score reached the threshold
     * @param severity 0, 2, 4 or 6; {@link CategoryRule#severityOf}; 6 for a blocklist
     */
    public record CategoryVerdict(
            String category, double score, @Nullable Double threshold, boolean exceeded, int severity) {}
}
