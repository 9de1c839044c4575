package dev.temper.app.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The values of one tag: the first so many, and {@link #OTHER} for all that follow, since every value is a time series of
 * its own for as long as the process lives. Thread-safe.
 */
final class TagValues {
    static final String OTHER = "other";

    private static final int MAX_CHARACTERS = 100;

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    TagValues(int most) {
        this.most = most;
    }

    String of(String value) {
        if (known.contains(value)) {
            return value;
        }
        return value.length() <= MAX_CHARACTERS && admit(value) ? value : OTHER;
    }

    private synchronized boolean admit(String value) {
        return known.size() < most && (known.add(value) || known.contains(value));
    }
}
