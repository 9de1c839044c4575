package dev.temper.app.moderation.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Named counters of one tenant and time. As JSON an object of name and count, so that a later version's names are kept by an
 * earlier one. Names are {@code results}, {@code flagged}, {@code rejects}, or a family, a slash and a member. One thread.
 */
public final class Counts {
    public static final String RESULTS = "results";
    public static final String FLAGGED = "flagged";
    public static final String REJECTS = "rejects";

    /** Flagged answers by what the policy did. */
    public static final String ACTION = "action/";
    /** Flagged answers by their highest severity. */
    public static final String SEVERITY = "severity/";
    /** Flagged answers, once for each category that was exceeded. */
    public static final String CATEGORY = "category/";
    /** Scores of all answers: a bin of two digits, a slash, the category. */
    public static final String SCORE = "score/";
    /** Answers by {@link LatencyBuckets}. */
    public static final String LATENCY = "latency/";
    /** Rejects by reason. */
    public static final String REASON = "reason/";

    private static final char BEHIND_SLASH = '/' + 1;

    private final TreeMap<String, Long> counts;
    /** Known when somebody asked. */
    private @Nullable Set<String> categories;

    /** Nothing counted yet. */
    public Counts() {
        this.counts = new TreeMap<>();
    }

    @JsonCreator
    Counts(Map<String, Long> counts) {
        this.counts = new TreeMap<>(counts);
    }

    /** One more of this name. */
    public void add(String name) {
        counts.merge(name, 1L, Long::sum);
        if (categories != null && name.startsWith(SCORE)) {
            categories.add(categoryOf(name));
        }
    }

    /** All that the other counted besides. */
    public void addAll(Counts other) {
        other.counts.forEach((name, count) -> counts.merge(name, count, Long::sum));
        categories = null;
    }

    public long get(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** A family's counts by member, in the members' order. */
    public Map<String, Long> family(String family) {
        Map<String, Long> members = new LinkedHashMap<>();
        within(family).forEach((name, count) -> members.put(name.substring(family.length()), count));
        return members;
    }

    /** Whether this category was scored here. */
    boolean knows(String category) {
        return scored().contains(category);
    }

    /** Categories that were scored here. */
    int categories() {
        return scored().size();
    }

    private Set<String> scored() {
        if (categories == null) {
            categories = new HashSet<>();
            for (String member : within(SCORE).keySet()) {
                categories.add(categoryOf(member));
            }
        }
        return categories;
    }

    private static String categoryOf(String scoreName) {
        return scoreName.substring(scoreName.indexOf('/', SCORE.length()) + 1);
    }

    private SortedMap<String, Long> within(String family) {
        return counts.subMap(family, family.substring(0, family.length() - 1) + BEHIND_SLASH);
    }

    @JsonValue
    Map<String, Long> all() {
        return Collections.unmodifiableMap(counts);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
