package dev.temper.training.evaluate;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Names of a plan as names of files. */
final class FileNames {
    private FileNames() {}

    /** What is no letter of English, digit or one of {@code . + = -} becomes {@code _}. */
    static String of(String name) {
        return name.replaceAll("[^A-Za-z0-9.+=-]", "_").replaceFirst("^\\.+", "_");
    }

    /** @throws IllegalArgumentException if two names, or a blank one, cannot be told apart as files */
    static void requireDistinct(String where, Collection<String> names) {
        Set<String> files = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !files.add(of(name))) {
                throw new IllegalArgumentException(where + "." + name
                        + " cannot be told apart from another name as a file; use English letters, digits, blanks and"
                        + " . + = -");
            }
        }
    }
}
