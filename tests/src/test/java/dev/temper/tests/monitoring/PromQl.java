package dev.temper.tests.monitoring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks of the series: the server says whether an expression is right, not what it is about.
 *
 * @param selectors each metric with its matchers, as written
 * @param labels that it groups, joins or aggregates by
 */
record PromQl(List<String> selectors, Set<String> labels) {
    private static final Pattern TOKEN = Pattern.compile("""
            (?<space>\\s+|\\#[^\\n]*)
            |(?<string>"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`)
            |(?<word>[a-zA-Z_:][a-zA-Z0-9_:]*)
            |(?<number>[0-9.][0-9a-zA-Z_.]*)
            |(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\\[\\],:@])""", Pattern.COMMENTS);

    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "atan2");

    /** @throws IllegalArgumentException at a character that begins no token */
    static PromQl of(String expression) {
        List<String> tokens = tokens(expression);
        List<String> selectors = new ArrayList<>();
        Set<String> labels = new LinkedHashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (token.equals("[")) {
                i += untilClosed(tokens, i, "]").size() - 1;
            } else if (GROUPING.contains(token)) {
                if (next.equals("(")) {
                    List<String> list = untilClosed(tokens, i + 1, ")");
                    list.stream().filter(PromQl::isWord).forEach(labels::add);
                    i += list.size();
                }
            } else if (token.equals("{")) {
                List<String> matchers = untilClosed(tokens, i, "}");
                selectors.add(String.join("", matchers));
                i += matchers.size() - 1;
            } else if (isWord(token)
                    && !KEYWORDS.contains(token.toLowerCase(Locale.ROOT))
                    && !next.equals("(")
                    && !next.equals("by")
                    && !next.equals("without")) {
                List<String> matchers = next.equals("{") ? untilClosed(tokens, i + 1, "}") : List.of();
                selectors.add(token + String.join("", matchers));
                i += matchers.size();
            }
        }
        return new PromQl(selectors, labels);
    }

    private static boolean isWord(String token) {
        return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
    }

    /** From an opening bracket to its end; neither matchers, ranges nor lists of labels hold brackets of their own. */
    private static List<String> untilClosed(List<String> tokens, int from, String end) {
        int to = from;
        while (!tokens.get(to).equals(end)) {
            to++;
        }
        return tokens.subList(from, to + 1);
    }

    private static List<String> tokens(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        int at = 0;
        while (at < expression.length()) {
            matcher.region(at, expression.length());
            if (!matcher.lookingAt()) {
                throw new IllegalArgumentException("no PromQL at " + at + ": " + expression);
            }
            if (matcher.group("space") == null) {
                tokens.add(matcher.group());
            }
            at = matcher.end();
        }
        return tokens;
    }
}
