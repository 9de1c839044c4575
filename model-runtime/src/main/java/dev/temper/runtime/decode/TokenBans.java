package dev.temper.runtime.decode;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens one sequence rules out next, by what it holds so far: end tokens before the minimum length, the last
 * tokens of bad words and of n-grams that came before, as the reference's logits processors do.
 *
 * <p>A guided sequence's next candidates are selected on the device in the very pass that chooses the token before them.
 * So each ban is a triple: row, trigger, token: the token is ruled out if the newest token is the trigger
 * ({@code without_banned} of `sampling.py`).
 */
final class TokenBans {
    /** Columns of a ban. */
    static final int COLUMNS = 3;

    /** In a trigger's place: whatever the newest token is. */
    private static final int ALWAYS = -1;

    /** In a token's place: the newest token. */
    private static final int NEWEST = -1;

    private final List<int[]> badWords;
    private final int[] endTokens;
    private final int minNewTokens;
    private final int ngram;
    private final boolean guided;
    private final int promptTokens;
    private int[] text; // prompt and decided tokens
    private int size;

    private TokenBans(Admission admission, int vocabulary) {
        Set<Integer> ends = admission.endTokens();
        this.badWords = admission.badWords().stream()
                .filter(word -> word.length > 1 || !ends.contains(word[0]))
                .filter(word -> word[word.length - 1] < vocabulary)
                .toList();
        this.endTokens =
                ends.stream().mapToInt(t -> t).filter(t -> t < vocabulary).toArray();
        this.minNewTokens = admission.decoding().minNewTokens();
        this.ngram = admission.decoding().noRepeatNgramSize();
        this.guided = admission.guided();
        this.text = admission.promptIds().clone();
        this.promptTokens = text.length;
        this.size = promptTokens;
    }

    /** The bans of a sequence, or nothing if it rules nothing out. */
    static @Nullable TokenBans of(Admission admission, int vocabulary) {
        TokenBans bans = new TokenBans(admission, vocabulary);
        boolean idle =
                bans.badWords.isEmpty() && bans.ngram == 0 && (bans.minNewTokens == 0 || bans.endTokens.length == 0);
        return idle ? null : bans;
    }

    /** Takes in a decided token. */
    void accept(int token) {
        if (size == text.length) {
            text = Arrays.copyOf(text, 2 * size);
        }
        text[size++] = token;
    }

    /** What is ruled out right after the prompt. */
    void afterPrompt(int row, LongStream.Builder bans) {
        collect(row, false, bans);
    }

    /** What is ruled out after the next pass, which commits a plain sequence's last token or chooses a guided one's. */
    void afterStep(int row, LongStream.Builder bans) {
        collect(row, guided, bans);
    }

    private void collect(int row, boolean oneUnknown, LongStream.Builder bans) {
        int generated = size - promptTokens + (oneUnknown ? 1 : 0);
        if (generated < minNewTokens) {
            for (int end : endTokens) {
                add(row, ALWAYS, end, bans);
            }
        }
        for (int[] word : badWords) {
            addIfReached(row, word, 0, word.length, oneUnknown, bans);
        }
        for (int from = 0; ngram > 0 && from <= size - ngram; from++) {
            addIfReached(row, text, from, ngram, oneUnknown, bans);
        }
        if (ngram > 0 && oneUnknown) {
            addNgramOfUnknown(row, bans);
        }
    }

    /** Rules out the last of these tokens where the others are what the text ends with. */
    private void addIfReached(
            int row, int[] tokens, int from, int length, boolean oneUnknown, LongStream.Builder bans) {
        int before = length - 1;
        boolean triggered = oneUnknown && before > 0;
        int known = triggered ? before - 1 : before;
        if (known <= size && Arrays.equals(tokens, from, from + known, text, size - known, size)) {
            add(row, triggered ? tokens[from + known] : ALWAYS, tokens[from + before], bans);
        }
    }

    /** The n-gram that ends with the unknown token x begins again only if all of it is x. */
    private void addNgramOfUnknown(int row, LongStream.Builder bans) {
        if (ngram == 1) {
            add(row, ALWAYS, NEWEST, bans);
        } else if (size >= ngram - 1) {
            int last = text[size - 1];
            if (Arrays.stream(text, size - ngram + 1, size).allMatch(token -> token == last)) {
                add(row, last, last, bans);
            }
        }
    }

    private static void add(int row, int trigger, int token, LongStream.Builder bans) {
        bans.add(row).add(trigger).add(token);
    }
}
