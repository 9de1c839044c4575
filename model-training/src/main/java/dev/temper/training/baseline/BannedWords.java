package dev.temper.training.baseline;

import dev.temper.runtime.serve.BadWords;
import dev.temper.runtime.text.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How a tokenizer spells the words of a list: as they stand, with a capital letter and in capitals, in any place. */
final class BannedWords {
    private BannedWords() {}

    /** The token runs of all words; what the vocabulary has no token for cannot be generated anyway. */
    static List<int[]> runs(List<String> words, Tokenizer tokenizer) {
        List<String> forms = words.stream()
                .flatMap(word -> Stream.of(word, capitalised(word), word.toUpperCase(Locale.ROOT)))
                .distinct()
                .toList();
        List<int[]> ids = tokenizer.encodeAll(forms, false);
        List<String> spellable = java.util.stream.IntStream.range(0, forms.size())
                .filter(i -> ids.get(i).length > 0)
                .mapToObj(forms::get)
                .toList();
        return spellable.isEmpty() ? List.of() : new BadWords(tokenizer).spelled(spellable);
    }

    private static String capitalised(String word) {
        int end = word.offsetByCodePoints(0, 1);
        return word.substring(0, end).toUpperCase(Locale.ROOT) + word.substring(end);
    }
}
