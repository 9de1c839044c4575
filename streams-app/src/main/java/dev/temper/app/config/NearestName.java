package dev.temper.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Guesses what a misspelt key was meant to be. */
final class NearestName {
    private NearestName() {}

    /** "did you mean …" where a known name is near, else all the known names. */
    static String suggestion(String unknown, Collection<?> known) {
        TreeSet<String> names = known.stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
        return names.stream()
                .min(Comparator.comparingInt(name -> distance(unknown, name)))
                .filter(name -> distance(unknown, name) <= Math.max(2, unknown.length() / 3))
                .map(name -> "did you mean " + name + "?")
                .orElse("the settings here are " + String.join(", ", names));
    }

    /** The Levenshtein distance: how many letters must be added, removed or changed. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
