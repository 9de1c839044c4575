package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Token.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens. Whitespace follows Jinja with trim_blocks (the newline after a tag or comment goes)
 * and lstrip_blocks (blanks from the start of a line to a tag or comment go); {@code -} strips all whitespace on its
 * side, {@code +} keeps it. Line ends become {@code \n}; one at the very end is dropped.
 */
final class Lexer {

    private static final Pattern RAW = Pattern.compile("\\s*+raw\\s*+-?%}");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*+endraw\\s*+([-+]?)%}");
    private static final Pattern FLOAT =
            Pattern.compile("\\d++(?:_\\d++)*+(?:\\.\\d++(?:_\\d++)*+(?:[eE][+-]?\\d++)?|[eE][+-]?\\d++)");
    private static final Pattern INTEGER =
            Pattern.compile("0[xX][0-9a-fA-F_]++|0[oO][0-7_]++|0[bB][01_]++|\\d[\\d_]*+");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Mn}\\p{Nd}_]*+");
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ":", "|", ",", ";",
            "(", ")", "[", "]", "{", "}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineCountedTo;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        return new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source).run();
    }

    private List<Token> run() {
        while (position < source.length()) {
            int open = opening(position);
            if (open < 0) {
                add(Type.TEXT, source.substring(position));
                position = source.length();
                break;
            }
            char kind = source.charAt(open + 1);
            text(open, charAt(open + 2), kind != '{');
            int start = open + 2;
            if (charAt(start) == '-' || charAt(start) == '+') {
                start++;
            }
            position = start;
            switch (kind) {
                case '#' -> comment();
                case '{' -> {
                    add(Type.BEGIN_PRINT, "");
                    expression(true);
                }
                default -> {
                    Matcher raw = RAW.matcher(source).region(start, source.length());
                    if (raw.lookingAt()) {
                        raw(raw);
                    } else {
                        add(Type.BEGIN_TAG, "");
                        expression(false);
                    }
                }
            }
        }
        add(Type.END, "");
        return tokens;
    }

    /** Where the next tag, print or comment begins, or -1. */
    private int opening(int from) {
        for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
            char next = charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** The text before an opening, without the whitespace that the opening takes away. */
    private void text(int open, char sign, boolean stripsLineStart) {
        boolean lineStarting = position == 0 || source.charAt(position - 1) == '\n';
        String text = source.substring(position, open);
        if (sign == '-') {
            text = Strings.stripEnd(text);
        } else if (sign != '+' && stripsLineStart) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarting) && Strings.isBlank(text.substring(lineStart))) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            add(Type.TEXT, text);
        }
        position = open;
    }

    private void comment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw JinjaException.syntax(line(), "a comment is not closed");
        }
        char sign = end > position ? source.charAt(end - 1) : ' ';
        position = end + 2;
        skipAfterTag(sign);
    }

    private void raw(Matcher begin) {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(begin.end())) {
            throw JinjaException.syntax(line(), "'raw' is not closed by 'endraw'");
        }
        position = begin.end();
        if (source.charAt(position - 3) == '-') {
            skipSpace();
        }
        text(
                Math.max(position, end.start()),
                end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0),
                true);
        position = end.end();
        skipAfterTag(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
    }

    /** What a tag or comment that ends with this sign takes away after itself. */
    private void skipAfterTag(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign != '+' && charAt(position) == '\n') {
            position++;
        }
    }

    /** The tokens of an expression up to its end; {@code }}} inside brackets does not end it. */
    private void expression(boolean print) {
        String close = print ? "}}" : "%}";
        Deque<Character> brackets = new ArrayDeque<>();
        while (true) {
            skipSpace();
            if (position >= source.length()) {
                throw JinjaException.syntax(line(), "'" + (print ? "{{" : "{%") + "' is not closed");
            }
            char c = source.charAt(position);
            if (brackets.isEmpty()) {
                boolean signed = (c == '-' || (c == '+' && !print)) && source.startsWith(close, position + 1);
                if (signed || source.startsWith(close, position)) {
                    add(print ? Type.END_PRINT : Type.END_TAG, "");
                    position += signed ? 3 : 2;
                    if (!print || signed) {
                        skipAfterTag(signed ? c : ' ');
                    }
                    return;
                }
            }
            if (c == '\'' || c == '"') {
                string(c);
            } else if (!match(FLOAT, Type.FLOAT) && !match(INTEGER, Type.INTEGER) && !match(NAME, Type.NAME)) {
                operator(brackets);
            }
        }
    }

    private boolean match(Pattern pattern, Type type) {
        Matcher matcher = pattern.matcher(source).region(position, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(type, matcher.group());
        position = matcher.end();
        return true;
    }

    private void operator(Deque<Character> brackets) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                switch (operator) {
                    case "(" -> brackets.push(')');
                    case "[" -> brackets.push(']');
                    case "{" -> brackets.push('}');
                    case ")", "]", "}" -> {
                        if (brackets.isEmpty() || brackets.pop() != operator.charAt(0)) {
                            throw JinjaException.syntax(line(), "'" + operator + "' closes nothing");
                        }
                    }
                    default -> {}
                }
                add(Type.OPERATOR, operator);
                position += operator.length();
                return;
            }
        }
        throw JinjaException.syntax(line(), "unexpected character '" + source.charAt(position) + "'");
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw JinjaException.syntax(line(), "a string is not closed");
        }
        add(Type.STRING, Strings.unescape(source.substring(position + 1, end)));
        position = end + 1;
    }

    private void skipSpace() {
        while (position < source.length() && Strings.isSpace(source.charAt(position))) {
            position++;
        }
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : '\0';
    }

    private void add(Type type, String text) {
        tokens.add(new Token(type, text, line()));
    }

    private int line() {
        for (; lineCountedTo < Math.min(position, source.length()); lineCountedTo++) {
            if (source.charAt(lineCountedTo) == '\n') {
                line++;
            }
        }
        return line;
    }
}
