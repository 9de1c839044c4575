package dev.temper.runtime.text.jinja;

import static java.util.Map.entry;

import dev.temper.runtime.text.jinja.Values.Callable;
import dev.temper.runtime.text.jinja.Values.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The methods that Python's text, lists and dictionaries have and that a template may call: those that change nothing.
 */
final class Methods {

    private interface Method<T> {
        Object call(T self, Arguments arguments, Budget budget);
    }

    private static final Map<String, Method<String>> OF_TEXT = Map.ofEntries(
            entry("strip", (s, a, b) -> strip(s, a, true, true, b)),
            entry("lstrip", (s, a, b) -> strip(s, a, true, false, b)),
            entry("rstrip", (s, a, b) -> strip(s, a, false, true, b)),
            entry("split", (s, a, b) -> TextSplitting.split(s, a.atMost("split", 2, "sep", "maxsplit"), b)),
            entry("rsplit", (s, a, b) -> TextSplitting.splitRight(s, a.atMost("rsplit", 2, "sep", "maxsplit"), b)),
            entry("splitlines", (s, a, b) -> Strings.splitLines(s)),
            entry("partition", (s, a, b) -> TextSplitting.partition(s, a.text(0, "sep"), false, b)),
            entry("rpartition", (s, a, b) -> TextSplitting.partition(s, a.text(0, "sep"), true, b)),
            entry("startswith", (s, a, b) -> affix(s, a, true)),
            entry("endswith", (s, a, b) -> affix(s, a, false)),
            entry(
                    "removeprefix",
                    (s, a, b) -> s.startsWith(a.text(0, "prefix"))
                            ? s.substring(a.text(0, "prefix").length())
                            : s),
            entry(
                    "removesuffix",
                    (s, a, b) -> s.endsWith(a.text(0, "suffix"))
                            ? s.substring(0, s.length() - a.text(0, "suffix").length())
                            : s),
            entry(
                    "replace",
                    (s, a, b) ->
                            TextSplitting.replace(s, a.text(0, "old"), a.text(1, "new"), a.whole(2, "count", -1), b)),
            entry("upper", (s, a, b) -> Strings.upper(s)),
            entry("lower", (s, a, b) -> Strings.lower(s)),
            entry("casefold", (s, a, b) -> Strings.lower(Strings.upper(s))),
            entry("capitalize", (s, a, b) -> Strings.capitalize(s)),
            entry("title", (s, a, b) -> Strings.title(s, c -> !Character.isLetter(c))),
            entry("join", (s, a, b) -> join(s, Values.iterate(a.required(0, "iterable"), b), b)),
            entry("find", (s, a, b) -> find(s, a.text(0, "sub"), false, b)),
            entry("rfind", (s, a, b) -> find(s, a.text(0, "sub"), true, b)),
            entry("index", (s, a, b) -> found(find(s, a.text(0, "sub"), false, b))),
            entry("rindex", (s, a, b) -> found(find(s, a.text(0, "sub"), true, b))),
            entry("count", (s, a, b) -> count(s, a.text(0, "sub"), b)),
            entry("isdigit", (s, a, b) -> all(s, Character::isDigit)),
            entry("isnumeric", (s, a, b) -> all(s, Character::isDigit)),
            entry("isdecimal", (s, a, b) -> all(s, Character::isDigit)),
            entry("isalpha", (s, a, b) -> all(s, Character::isLetter)),
            entry("isalnum", (s, a, b) -> all(s, Character::isLetterOrDigit)),
            entry("isspace", (s, a, b) -> all(s, Strings::isSpace)),
            entry("isupper", (s, a, b) -> !s.equals(Strings.lower(s)) && s.equals(Strings.upper(s))),
            entry("islower", (s, a, b) -> !s.equals(Strings.upper(s)) && s.equals(Strings.lower(s))),
            entry("zfill", (s, a, b) -> zeroFilled(s, a.whole(0, "width", 0), b)),
            entry("ljust", (s, a, b) -> justified(s, a, false, b)),
            entry("rjust", (s, a, b) -> justified(s, a, true, b)),
            entry("center", (s, a, b) -> centered(s, a, b)));

    private static final Map<String, Method<List<?>>> OF_LIST = Map.of(
            "index", (l, a, b) -> indexOf(l, a.required(0, "value"), b),
            "count",
                    (l, a, b) -> BigInteger.valueOf(l.stream()
                            .filter(item -> Values.equal(item, a.required(0, "value"), b))
                            .count()),
            "copy",
                    (l, a, b) -> {
                        b.spend(l.size());
                        return new ArrayList<Object>(l);
                    });

    private static final Map<String, Method<Map<?, ?>>> OF_DICTIONARY = Map.of(
            "items", (m, a, b) -> items(m, b),
            "keys", (m, a, b) -> Values.iterate(m, b),
            "values",
                    (m, a, b) -> {
                        b.spend(m.size());
                        return new ArrayList<Object>(m.values());
                    },
            "get",
                    (m, a, b) -> {
                        Object value = m.get(Values.key(a.required(0, "key")));
                        return value == null ? a.get(1, "default", Values.NONE) : value;
                    },
            "copy",
                    (m, a, b) -> {
                        b.spend(m.size());
                        return new LinkedHashMap<Object, Object>(m);
                    });

    private Methods() {}

    /** The bound method, or null when the type has none of this name. */
    static @Nullable Callable of(Object target, String name) {
        if (target instanceof String text) {
            return bind(OF_TEXT.get(name), text, text.length());
        } else if (target instanceof List<?> list) {
            return bind(OF_LIST.get(name), list, list.size());
        } else if (target instanceof Map<?, ?> map) {
            return bind(OF_DICTIONARY.get(name), map, 1);
        }
        return null;
    }

    private static <T> @Nullable Callable bind(@Nullable Method<T> method, T self, int cost) {
        if (method == null) {
            return null;
        }
        return (scope, arguments) -> {
            scope.budget().spend(cost);
            return method.call(self, arguments, scope.budget());
        };
    }

    static List<Object> items(Map<?, ?> map, Budget budget) {
        budget.spend(2L * map.size());
        List<Object> items = new ArrayList<>(map.size());
        map.forEach((key, value) -> items.add(new Tuple(List.of(key, value))));
        return items;
    }

    static String join(String separator, List<Object> parts, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof String part)) {
                throw JinjaException.evaluation(
                        "sequence item " + i + ": expected str instance, " + Values.typeName(parts.get(i)) + " found");
            }
            budget.spend((long) separator.length() + part.length());
            out.append(i == 0 ? "" : separator).append(part);
        }
        return out.toString();
    }

    private static String strip(String text, Arguments arguments, boolean atStart, boolean atEnd, Budget budget) {
        String characters = arguments.atMost("strip", 1, "chars").text(0, "chars", "");
        boolean spaces = arguments.get(0, "chars", Values.NONE) == Values.NONE;
        budget.spendSearch(text.length(), characters.length());
        return Strings.strip(text, spaces ? Strings::isSpace : c -> characters.indexOf(c) >= 0, atStart, atEnd);
    }

    /** {@code startswith} and {@code endswith} take one text or a tuple of them. */
    private static boolean affix(String text, Arguments arguments, boolean start) {
        Object affixes = arguments.atMost(start ? "startswith" : "endswith", 1).required(0, "prefix");
        List<?> choices = affixes instanceof Tuple tuple ? tuple : List.of(arguments.text(0, "prefix"));
        return choices.stream()
                .anyMatch(choice ->
                        choice instanceof String affix && (start ? text.startsWith(affix) : text.endsWith(affix)));
    }

    private static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    private static BigInteger find(String text, String part, boolean last, Budget budget) {
        budget.spendSearch(text.length(), part.length());
        int at = last ? text.lastIndexOf(part) : text.indexOf(part);
        return BigInteger.valueOf(at < 0 ? -1 : text.codePointCount(0, at));
    }

    private static BigInteger found(BigInteger index) {
        if (index.signum() < 0) {
            throw JinjaException.evaluation("substring not found");
        }
        return index;
    }

    private static BigInteger indexOf(List<?> list, Object value, Budget budget) {
        for (int i = 0; i < list.size(); i++) {
            if (Values.equal(list.get(i), value, budget)) {
                return BigInteger.valueOf(i);
            }
        }
        throw JinjaException.evaluation("the value is not in the list");
    }

    private static BigInteger count(String text, String part, Budget budget) {
        if (part.isEmpty()) {
            return BigInteger.valueOf(Strings.length(text) + 1L);
        }
        budget.spendSearch(text.length(), part.length());
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return BigInteger.valueOf(count);
    }

    private static String zeroFilled(String text, int width, Budget budget) {
        int missing = Math.max(0, width - Strings.length(text));
        budget.spend(missing);
        boolean signed = text.startsWith("-") || text.startsWith("+");
        return signed ? text.charAt(0) + "0".repeat(missing) + text.substring(1) : "0".repeat(missing) + text;
    }

    private static String justified(String text, Arguments arguments, boolean right, Budget budget) {
        int missing = missing(text, arguments, budget);
        String fill = fill(arguments).repeat(missing);
        return right ? fill + text : text + fill;
    }

    /** As Python centres: the odd place goes left when the width is odd. */
    private static String centered(String text, Arguments arguments, Budget budget) {
        int missing = missing(text, arguments, budget);
        int left = missing / 2 + (missing & arguments.whole(0, "width", 0) & 1);
        return fill(arguments).repeat(left) + text + fill(arguments).repeat(missing - left);
    }

    private static int missing(String text, Arguments arguments, Budget budget) {
        int missing = Math.max(0, arguments.whole(0, "width", 0) - Strings.length(text));
        budget.spend(2L * missing);
        return missing;
    }

    private static String fill(Arguments arguments) {
        String fill = arguments.text(1, "fillchar", " ");
        if (Strings.length(fill) != 1) {
            throw JinjaException.evaluation("The fill character must be exactly one character long");
        }
        return fill;
    }
}
