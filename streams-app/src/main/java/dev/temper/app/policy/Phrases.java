package dev.temper.app.policy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Words and phrases that a blocklist looks for, literally: no character has a special meaning. Immutable; thread-safe.
 *
 * <p>Looking costs one step a word of the text, and one more for each word of a phrase that the text begins and does not
 * finish: at most {@value #MAX_WORDS} a word, whatever the number of phrases.
 */
public final class Phrases {
    public static final int MAX_PHRASES = 20_000;
    public static final int MAX_CHARACTERS = 200;
    public static final int MAX_WORDS = 32;

    private final List<String> phrases;
    private final Node root = new Node();

    /** A phrase's words so far, and what may follow. */
    private static final class Node {
        private final Map<String, Node> next = new HashMap<>(2);
        private boolean complete;
    }

    /** @throws IllegalArgumentException if there is none, or too many, or one is too long or holds no word */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Phrases(List<String> phrases) {
        if (phrases.isEmpty() || phrases.size() > MAX_PHRASES) {
            throw new IllegalArgumentException("there must be 1 to " + MAX_PHRASES + " phrases, not " + phrases.size());
        }
        for (int i = 0; i < phrases.size(); i++) {
            add(phrases.get(i), "phrase " + (i + 1));
        }
        this.phrases = List.copyOf(phrases);
    }

    /** Errors name a phrase by its place: what it says belongs in no log. */
    private void add(@Nullable String phrase, String name) {
        if (phrase == null || phrase.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(name + " must have 1 to " + MAX_CHARACTERS + " characters");
        }
        List<String> words = Words.of(phrase);
        if (words.isEmpty() || words.size() > MAX_WORDS) {
            throw new IllegalArgumentException(name + " must have 1 to " + MAX_WORDS
                    + " words (letters or digits; in scripts without spaces, characters), not " + words.size());
        }
        Node node = root;
        for (String word : words) {
            node = node.next.computeIfAbsent(word, w -> new Node());
        }
        node.complete = true;
    }

    /** Whether any phrase stands in these words, whole words each. */
    boolean in(List<String> words) {
        for (int start = 0; start < words.size(); start++) {
            Node node = root;
            for (int i = start; i < words.size(); i++) {
                node = node.next.get(words.get(i));
                if (node == null) {
                    break;
                }
                if (node.complete) {
                    return true;
                }
            }
        }
        return false;
    }

    /** As they were written. */
    @JsonValue
    public List<String> asWritten() {
        return phrases;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Phrases that && phrases.equals(that.phrases);
    }

    @Override
    public int hashCode() {
        return phrases.hashCode();
    }

    /** How many; never what they say. */
    @Override
    public String toString() {
        return phrases.size() + " phrases";
    }
}
