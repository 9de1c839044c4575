package dev.temper.app.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What both kinds of {@link Policy} ask of their parts. */
final class PolicyParts {
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int HASH_CHARACTERS = 16;

    private PolicyParts() {}

    static Map<String, CategoryRule> categories(Map<String, CategoryRule> given) {
        for (String name : given.keySet()) {
            if (name.isBlank() || name.startsWith(Blocklist.CATEGORY_PREFIX)) {
                throw new IllegalArgumentException("categories must not hold a blank name, nor one that begins with "
                        + Blocklist.CATEGORY_PREFIX + "; blocklists have a section of their own");
            }
        }
        return Collections.unmodifiableMap(new TreeMap<>(given));
    }

    static Map<String, Blocklist> blocklists(Map<String, Blocklist> given) {
        if (given.size() > Policy.MAX_BLOCKLISTS) {
            throw new IllegalArgumentException(
                    "there may be " + Policy.MAX_BLOCKLISTS + " blocklists, not " + given.size());
        }
        given.keySet().forEach(Blocklist::requireName);
        return Collections.unmodifiableMap(new TreeMap<>(given));
    }

    static void requireRefusal(String refusal) {
        if (refusal.isBlank()) {
            throw new IllegalArgumentException("refusal must not be blank: it stands in place of a blocked answer");
        }
    }

    /** The version as given, or a hash of the parts: so a changed policy never passes for the old one. */
    static String version(String given, @Nullable Object... parts) {
        if (given.isBlank()) {
            return hash(parts);
        }
        String version = given.strip();
        for (String name : version.split(Pattern.quote(Policy.JOINT), 2)) {
            if (!VERSION.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "version must be 1 to 64 letters, digits, dots, underscores and hyphens");
            }
        }
        return version;
    }

    private static String hash(@Nullable Object... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (@Nullable Object part : parts) {
                digest.update((written(part) + '\0').getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A blocklist shows no phrase by itself. */
    private static String written(@Nullable Object part) {
        if (!(part instanceof Map<?, ?> map)) {
            return String.valueOf(part);
        }
        StringBuilder text = new StringBuilder();
        map.forEach((name, value) -> text.append(name)
                .append('=')
                .append(value)
                .append(value instanceof Blocklist list ? list.phrases().asWritten() : "")
                .append('\0'));
        return text.toString();
    }
}
