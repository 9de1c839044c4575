package dev.temper.app.policy;

import java.util.List;

/**
 * A policy's judgement of one answer.
 *
 * @param action the strongest action of any exceeded category; {@link Action#ALLOW} where none was
 * @param severity the highest severity of any category: 0 safe, 2 low, 4 medium, 6 high
 * @param categories one entry for each scored category, in the scorer's order
 * @param policyVersion which policy judged
 */
public record Verdict(Action action, int severity, List<CategoryVerdict> categories, String policyVersion) {
    public Verdict {
        categories = List.copyOf(categories);
    }

    /** Whether a flag is raised. */
    public boolean flagged() {
        return action != Action.ALLOW;
    }

    /**
     * One category's score and what it was held against.
     *
     * @param score probability in [0, 1]
     * @param threshold the rule's threshold in (0, 1]
     * @param exceeded whether the score reached the threshold
     * @param severity 0, 2, 4 or 6; {@link CategoryRule#severityOf}
     */
    public record CategoryVerdict(String category, double score, double threshold, boolean exceeded, int severity) {}
}
