package dev.temper.runtime.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Python's text primitives: positions and lengths count code points, whitespace is Python's. */
final class Strings {

    private Strings() {}

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static boolean isBlank(String text) {
        return text.codePoints().allMatch(Strings::isSpace);
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String stripEnd(String text) {
        return strip(text, Strings::isSpace, false, true);
    }

    static String strip(String text, IntPredicate strips, boolean atStart, boolean atEnd) {
        int from = 0;
        int to = text.length();
        while (atStart && from < to && strips.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (atEnd && to > from && strips.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    /** The characters of a text, each as a text. */
    static List<Object> characters(String text, Budget budget) {
        budget.spend(text.length());
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static List<Object> splitLines(String text) {
        List<Object> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029) {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** First letter upper case, the rest lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return upper(text.substring(0, first)) + lower(text.substring(first));
    }

    /** Each run that {@code separates} ends starts with an upper case letter; the rest is lower case. */
    static String title(String text, IntPredicate separates) {
        StringBuilder out = new StringBuilder(text.length());
        boolean start = true;
        for (int c : text.codePoints().toArray()) {
            String one = Character.toString(c);
            out.append(start ? upper(one) : lower(one));
            start = separates.test(c);
        }
        return out.toString();
    }

    static String upper(String text) {
        return text.toUpperCase(java.util.Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    /** Escapes of a Python string literal; an unknown escape stays as it is. */
    static String unescape(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder out = new StringBuilder(literal.length());
        int i = 0;
        while (i < literal.length()) {
            char c = literal.charAt(i++);
            if (c != '\\' || i == literal.length()) {
                out.append(c);
                continue;
            }
            char escape = literal.charAt(i++);
            int simple = "nrtabfv\\'\"".indexOf(escape);
            if (simple >= 0) {
                out.append("\n\r\t\u0007\b\f\u000b\\'\"".charAt(simple));
            } else if (escape >= '0' && escape <= '7') {
                int end = i;
                while (end < Math.min(i + 2, literal.length())
                        && literal.charAt(end) >= '0'
                        && literal.charAt(end) <= '7') {
                    end++;
                }
                out.appendCodePoint(Integer.parseInt(literal.substring(i - 1, end), 8));
                i = end;
            } else if (escape != '\n') {
                int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
                int code = digits == 0 ? -1 : hex(literal, i, digits);
                if (code >= 0) {
                    out.appendCodePoint(code);
                    i += digits;
                } else {
                    out.append('\\').append(escape);
                }
            }
        }
        return out.toString();
    }

    private static int hex(String text, int from, int digits) {
        if (from + digits > text.length()) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value <= Character.MAX_CODE_POINT ? (int) value : -1;
    }
}
