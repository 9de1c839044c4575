package dev.temper.app.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is done with an answer, by its scores. Immutable; thread-safe.
 *
 * @param version named on every event that this policy judged; empty in a configuration, and then a hash of the rules
 *     and the refusal, so that a changed policy never passes for the old one
 * @param refusal the text that a blocked answer's result carries instead; not blank
 * @param defaultRule the rule of categories that {@code categories} does not name
 * @param categories rules by category name, as the scorer publishes it
 */
public record FlagPolicy(
        String version, String refusal, CategoryRule defaultRule, Map<String, CategoryRule> categories) {

    public static final String DEFAULT_REFUSAL = "I can't help with that. Let's talk about something else.";

    /** Every category blocks from one half on. */
    public static final FlagPolicy DEFAULT = new FlagPolicy("", DEFAULT_REFUSAL, CategoryRule.DEFAULT, Map.of());

    private static final int HASH_CHARACTERS = 16;

    public FlagPolicy {
        categories = Collections.unmodifiableMap(new TreeMap<>(categories));
        if (refusal.isBlank()) {
            throw new IllegalArgumentException("refusal must not be blank: it stands in place of a blocked answer");
        }
        if (categories.keySet().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("categories must not hold a blank name");
        }
        version = version.isBlank() ? hash(refusal, defaultRule, categories) : version.strip();
    }

    /**
     * Judges one answer.
     *
     * @param scores category to probability in [0, 1], in the scorer's order; none without a scorer, which allows all
     * @throws IllegalArgumentException if a score is no probability; the message names the category
     */
    public Verdict judge(Map<String, Double> scores) {
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
            if (exceeded && rule.action().compareTo(action) > 0) {
                action = rule.action();
            }
            severity = Math.max(severity, grade);
            verdicts.add(new Verdict.CategoryVerdict(entry.getKey(), score, rule.threshold(), exceeded, grade));
        }
        return new Verdict(action, severity, verdicts, version);
    }

    private static String hash(String refusal, CategoryRule defaultRule, Map<String, CategoryRule> sorted) {
        String canonical = refusal + '\0' + defaultRule + '\0' + sorted;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
