package dev.temper.app.policy;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Text as the sequence of words that blocklists compare. What looks the same to a reader gives the same words: case,
 * full-width and other compatibility forms, accents and other combining marks, and characters of no width make no
 * difference (Unicode Standard Annex #15, form NFKD, and case folding). What parts words, spaces or punctuation or
 * symbols, does not matter either. In scripts that are written without spaces each character is a word.
 */
final class Words {
    private static final Set<UnicodeScript> UNSPACED = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.YI,
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TIBETAN);

    private static final int HANGUL_CHOSEONG_FILLER = 0x115F;
    private static final int HANGUL_JUNGSEONG_FILLER = 0x1160;
    private static final char FINAL_SIGMA = 'ς';
    private static final char SIGMA = 'σ';
    private static final int FIRST_BEYOND_ASCII = 0x80;

    private Words() {}

    static List<String> of(String text) {
        String folded = fold(text);
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean single = false;
        for (int i = 0; i < folded.length(); ) {
            int character = folded.codePointAt(i);
            i += Character.charCount(character);
            boolean mark = character >= FIRST_BEYOND_ASCII && isMark(character);
            boolean alone = !mark && standsAlone(character);
            if (word.length() > 0 && !mark && (single || alone || !Character.isLetterOrDigit(character))) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (mark || Character.isLetterOrDigit(character)) {
                word.appendCodePoint(character);
            }
            single = mark ? single : alone;
        }
        if (word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    /** One form for all that look the same; folding twice is folding once. */
    static String fold(String text) {
        if (text.chars().allMatch(c -> c < FIRST_BEYOND_ASCII && !Character.isISOControl(c))) {
            return text.toLowerCase(Locale.ROOT);
        }
        String plain = withoutTheInvisible(Normalizer.normalize(text, Normalizer.Form.NFKD));
        // Down, up and down again: ẞ, ß and ss become one, and so do İ, ı and i.
        String folded = plain.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return folded.replace(FINAL_SIGMA, SIGMA);
    }

    /**
     * Without combining marks that belong to no script or not to their letter's, and without what has no width. Marks of
     * the letter's own script stay: they are vowels in many scripts of South Asia, and the voicing of Japanese letters.
     */
    private static String withoutTheInvisible(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        UnicodeScript letters = UnicodeScript.COMMON;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (isMark(character)) {
                UnicodeScript own = UnicodeScript.of(character);
                boolean voicing = own == UnicodeScript.INHERITED
                        && (letters == UnicodeScript.HIRAGANA || letters == UnicodeScript.KATAKANA);
                if (voicing || own == letters && own != UnicodeScript.COMMON) {
                    kept.appendCodePoint(character);
                }
            } else if (!isInvisible(character)) {
                letters = UnicodeScript.of(character);
                kept.appendCodePoint(character);
            }
        }
        return kept.toString();
    }

    private static boolean isMark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isInvisible(int character) {
        int type = Character.getType(character);
        return type == Character.FORMAT
                || type == Character.CONTROL && !Character.isWhitespace(character)
                || type == Character.UNASSIGNED
                || type == Character.SURROGATE
                || character == HANGUL_CHOSEONG_FILLER
                || character == HANGUL_JUNGSEONG_FILLER;
    }

    private static boolean standsAlone(int character) {
        return character >= FIRST_BEYOND_ASCII
                && Character.isLetterOrDigit(character)
                && UNSPACED.contains(UnicodeScript.of(character));
    }
}
