package dev.temper.runtime.text;

import java.util.Arrays;

/**
 * Turns tokens into text as they arrive, never half a character. One per answer; not thread-safe.
 *
 * <p>A token's text depends on its neighbours (a leading space, bytes of one character over several tokens), so each
 * step decodes a short window twice, without and with the new tokens, and gives the difference. While the window ends
 * in U+FFFD a character is not complete and its tokens are held back. The window moves on whenever text is given, so a
 * step costs the length of the window and not of the answer.
 *
 * <p>The pieces together equal {@link Tokenizer#decode} of all tokens, unless the tokens hold bytes that are not UTF-8.
 */
public final class StreamingDetokenizer {

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final boolean skipSpecialTokens;
    private int[] window = new int[16];
    private int size; // tokens in the window
    private int given; // leading tokens of the window whose text was given already

    public StreamingDetokenizer(Tokenizer tokenizer, boolean skipSpecialTokens) {
        this.tokenizer = tokenizer;
        this.skipSpecialTokens = skipSpecialTokens;
    }

    /**
     * Takes the next token.
     *
     * @return the text that is new, empty when the token is held back or has none
     */
    public String accept(int tokenId) {
        if (size == window.length) {
            window = Arrays.copyOf(window, 2 * size);
        }
        window[size++] = tokenId;
        String before = decode(given);
        String after = decode(size);
        if (after.length() <= before.length() || after.charAt(after.length() - 1) == REPLACEMENT) {
            return "";
        }
        System.arraycopy(window, given, window, 0, size - given);
        size -= given;
        given = size;
        return after.substring(before.length());
    }

    /** Ends the answer: the text held back, with U+FFFD for a character that never was completed. */
    public String finish() {
        String before = decode(given);
        String after = decode(size);
        size = 0;
        given = 0;
        return after.length() > before.length() ? after.substring(before.length()) : "";
    }

    private String decode(int tokens) {
        return tokens == 0 ? "" : tokenizer.decode(Arrays.copyOf(window, tokens), skipSpecialTokens);
    }
}
