package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's {@code split}, {@code rsplit}, {@code partition} and {@code replace}. */
final class TextSplitting {

    private TextSplitting() {}

    static List<Object> split(String text, Arguments arguments, Budget budget) {
        int max = maxSplits(arguments);
        if (arguments.get(0, "sep", Values.NONE) == Values.NONE) {
            return words(text, max, budget);
        }
        String separator = separator(arguments.text(0, "sep"));
        budget.spendSearch(text.length(), separator.length());
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < max; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        budget.spend(parts.size());
        return parts;
    }

    /** As {@link #split}, counting the splits from the right; parts still come in the text's order. */
    static List<Object> splitRight(String text, Arguments arguments, Budget budget) {
        int max = maxSplits(arguments);
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        if (arguments.get(0, "sep", Values.NONE) == Values.NONE) {
            budget.spend(text.length());
            String rest = Strings.stripEnd(text);
            while (!rest.isEmpty()) {
                int start = parts.size() < max ? wordStart(rest) : 0;
                parts.add(parts.size() < max ? rest.substring(start) : rest);
                rest = Strings.stripEnd(rest.substring(0, start));
            }
        } else {
            String separator = separator(arguments.text(0, "sep"));
            budget.spendSearch(text.length(), separator.length());
            int length = separator.length();
            for (int at = text.lastIndexOf(separator, to - length);
                    at >= 0 && parts.size() < max;
                    at = text.lastIndexOf(separator, to - length)) {
                parts.add(text.substring(at + length, to));
                to = at;
            }
            parts.add(text.substring(0, to));
        }
        budget.spend(parts.size());
        Collections.reverse(parts);
        return parts;
    }

    private static int wordStart(String text) {
        int start = text.length();
        while (start > 0 && !Strings.isSpace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static List<Object> words(String text, int max, Budget budget) {
        budget.spend(text.length());
        List<Object> words = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < text.length() && Strings.isSpace(text.charAt(i))) {
                i++;
            }
            if (i == text.length()) {
                return words;
            }
            if (words.size() == max) {
                words.add(text.substring(i));
                return words;
            }
            int start = i;
            while (i < text.length() && !Strings.isSpace(text.charAt(i))) {
                i++;
            }
            words.add(text.substring(start, i));
        }
    }

    static Tuple partition(String text, String separator, boolean last, Budget budget) {
        budget.spendSearch(text.length(), separator(separator).length());
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return new Tuple(last ? List.of("", "", text) : List.of(text, "", ""));
        }
        return new Tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }

    /** At most {@code count} replacements; all when negative. */
    static String replace(String text, String old, String replacement, int count, Budget budget) {
        budget.spendSearch(text.length(), old.length());
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        int done = 0;
        for (int at = text.indexOf(old); at >= 0 && done != count; at = text.indexOf(old, at)) {
            budget.spend(1L + replacement.length());
            out.append(text, from, at).append(replacement);
            done++;
            from = at + old.length();
            if (!old.isEmpty()) {
                at = from;
            } else if (at < text.length()) {
                // Nothing is found everywhere: before each character and at the end.
                at += Character.charCount(text.codePointAt(at));
            } else {
                break;
            }
        }
        return out.append(text, from, text.length()).toString();
    }

    private static int maxSplits(Arguments arguments) {
        int max = arguments.whole(1, "maxsplit", -1);
        return max < 0 ? Integer.MAX_VALUE : max;
    }

    private static String separator(String separator) {
        if (separator.isEmpty()) {
            throw JinjaException.evaluation("empty separator");
        }
        return separator;
    }
}
