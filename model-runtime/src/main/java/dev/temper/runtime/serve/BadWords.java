package dev.temper.runtime.serve;

import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How the tokenizer spells texts that must not be generated: each as it stands, after a blank, and after another
 * character, since most vocabularies have different tokens for these. Thread-safe.
 */
public final class BadWords {
    /** A character that no token joins with what follows. */
    private static final String OTHER = "\n";

    private final Tokenizer tokenizer;
    private volatile Spelled last = new Spelled(List.of(), List.of()); // most requests have the service's own list

    private record Spelled(List<String> words, List<int[]> runs) {}

    public BadWords(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * The token runs of these texts.
     *
     * @throws UnspellableException if the vocabulary has no token for one of them
     */
    public List<int[]> spelled(List<String> words) {
        Spelled spelled = last;
        if (!words.equals(spelled.words())) {
            spelled = new Spelled(words, spell(words));
            last = spelled;
        }
        return spelled.runs();
    }

    private List<int[]> spell(List<String> words) {
        int[] before = tokenizer.encode(OTHER, false);
        List<int[]> spelled = new ArrayList<>();
        spelled.addAll(tokenizer.encodeAll(words, false));
        spelled.addAll(tokenizer.encodeAll(
                words.stream().map(word -> " " + word.strip()).toList(), false));
        if (spelled.stream().anyMatch(ids -> ids.length == 0)) {
            throw new UnspellableException("this model's vocabulary has no token for one of the bad_words");
        }
        for (int[] ids : tokenizer.encodeAll(words.stream().map(OTHER::concat).toList(), false)) {
            if (ids.length > before.length && Arrays.mismatch(ids, before) == before.length) {
                spelled.add(Arrays.copyOfRange(ids, before.length, ids.length));
            }
        }
        Set<List<Integer>> distinct = new LinkedHashSet<>();
        spelled.forEach(ids -> distinct.add(Arrays.stream(ids).boxed().toList()));
        return distinct.stream()
                .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    /** A text that the vocabulary has no token for. */
    public static final class UnspellableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnspellableException(String detail) {
            super(detail, null, false, false);
        }
    }
}
