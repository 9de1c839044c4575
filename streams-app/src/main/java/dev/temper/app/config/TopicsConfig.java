package dev.temper.app.config;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of the topics. They must exist before the sidecar starts; {@code temper topics create} makes them.
 *
 * @param prompts what is answered
 * @param results one answer for each prompt that was not rejected
 * @param flagged one event besides for each answer that the policy flagged
 * @param rejects the original record of each prompt that got no answer, with the reason
 * @param policies how answers are judged; compacted, with one partition, so that its records have one order
 * @param verdicts what reviewers said of flagged answers; compacted by the flagged event's id
 * @param subspaces versions of what guides decoding; compacted, with one partition, as the policies
 */
public record TopicsConfig(
        String prompts,
        String results,
        String flagged,
        String rejects,
        String policies,
        String verdicts,
        String subspaces) {

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public TopicsConfig {
        List<String> all = List.of(prompts, results, flagged, rejects, policies, verdicts, subspaces);
        for (String name : all) {
            if (!LEGAL.matcher(name).matches() || name.equals(".") || name.equals("..")) {
                throw new IllegalArgumentException("'" + name
                        + "' is no topic name; use up to 249 letters, digits, dots, underscores and hyphens");
            }
        }
        if (new HashSet<>(all).size() < all.size()) {
            throw new IllegalArgumentException("the topics must be different, not " + all);
        }
    }

    /** All of them, the prompts first. */
    public List<String> all() {
        return List.of(prompts, results, flagged, rejects, policies, verdicts, subspaces);
    }
}
