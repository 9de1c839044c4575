package dev.temper.app.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is done with an answer, by its scores and its words. Immutable; thread-safe.
 *
 * @param version named on every event that this policy judged; empty in a configuration, and then a hash of the rest,
 *     so that a changed policy never passes for the old one
 * @param refusal the text that a blocked answer's result carries instead; not blank
 * @param defaultRule the rule of categories that {@code categories} does not name
 * @param categories rules by category name, as the scorer publishes it
 * @param blocklists by name
 * @param rewrite how answers are written anew where a rule says so
 */
public record FlagPolicy(
        String version,
        String refusal,
        CategoryRule defaultRule,
        Map<String, CategoryRule> categories,
        Map<String, Blocklist> blocklists,
        RewriteRule rewrite)
        implements Policy {

    public static final String DEFAULT_REFUSAL = "I can't help with that. Let's talk about something else.";

    /** Every category blocks from one half on. */
    public static final FlagPolicy DEFAULT =
            new FlagPolicy("", DEFAULT_REFUSAL, CategoryRule.DEFAULT, Map.of(), Map.of(), RewriteRule.DEFAULT);

    /** A blocklist's match is certain. */
    private static final double CERTAIN = 1.0;

    private static final int HIGH_SEVERITY = 6;

    public FlagPolicy {
        PolicyParts.requireRefusal(refusal);
        categories = PolicyParts.categories(categories);
        blocklists = PolicyParts.blocklists(blocklists);
        version = PolicyParts.version(version, refusal, defaultRule, categories, blocklists, rewrite);
    }

    /** This policy where the tenant's says nothing; its version names both. */
    public FlagPolicy overriddenBy(TenantPolicy tenant) {
        Map<String, CategoryRule> rules = new HashMap<>(categories);
        rules.putAll(tenant.categories());
        Map<String, Blocklist> lists = new HashMap<>(blocklists);
        lists.putAll(tenant.blocklists());
        return new FlagPolicy(
                version + JOINT + tenant.version(),
                tenant.refusal() == null ? refusal : tenant.refusal(),
                tenant.defaultRule() == null ? defaultRule : tenant.defaultRule(),
                rules,
                lists,
                tenant.rewrite() == null ? rewrite : tenant.rewrite());
    }

    /**
     * Judges one answer.
     *
     * @param scores category to probability in [0, 1], in the scorer's order; none without a scorer
     * @param text the answer, which the blocklists are held against
     * @return {@link Action#REWRITE} where that is the strongest; whoever asks sees whether there is a round left
     * @throws IllegalArgumentException if a score is no probability; the message names the category
     */
    public Verdict judge(Map<String, Double> scores, String text) {
        List<Verdict.CategoryVerdict> verdicts = new ArrayList<>(scores.size());
        Action action = Action.ALLOW;
        int severity = 0;
        for (Map.Entry<String, Double> entry : scores.entrySet()) {
            double score = entry.getValue();
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException(
                        "the scorer gave " + score + " for category " + entry.getKey() + ", which is no probability");
            }
            CategoryRule rule = categories.getOrDefault(entry.getKey(), defaultRule);
            boolean exceeded = rule.exceededBy(score);
            int grade = rule.severityOf(score);
            if (exceeded) {
                action = action.or(rule.action());
            }
            severity = Math.max(severity, grade);
            verdicts.add(new Verdict.CategoryVerdict(entry.getKey(), score, rule.threshold(), exceeded, grade));
        }
        for (Map.Entry<String, Blocklist> match : matches(text)) {
            action = action.or(match.getValue().action());
            severity = HIGH_SEVERITY;
            verdicts.add(new Verdict.CategoryVerdict(
                    Blocklist.CATEGORY_PREFIX + match.getKey(), CERTAIN, null, true, HIGH_SEVERITY));
        }
        return new Verdict(action, severity, verdicts, version);
    }

    /** Lists that found something, by name; which phrase it was is nobody's business here. */
    private List<Map.Entry<String, Blocklist>> matches(String text) {
        if (blocklists.isEmpty()) {
            return List.of();
        }
        List<String> words = Words.of(text);
        return blocklists.entrySet().stream()
                .filter(entry -> entry.getValue().action() != Action.ALLOW)
                .filter(entry -> entry.getValue().phrases().in(words))
                .toList();
    }
}
