package dev.temper.runtime.text.jinja;

import static java.util.Map.entry;

import dev.temper.runtime.text.jinja.Values.Undefined;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands after {@code |}: Jinja's built-in filters and transformers' {@code tojson}. */
final class Filters {

    interface Filter {
        Object apply(Scope scope, Object value, Arguments arguments);
    }

    private static final Map<String, Filter> ALL = new HashMap<>(Map.ofEntries(
            entry("default", Filters::orDefault),
            entry("d", Filters::orDefault),
            entry("length", Filters::length),
            entry("count", Filters::length),
            entry("upper", (s, v, a) -> Strings.upper(text(v, s))),
            entry("lower", (s, v, a) -> Strings.lower(text(v, s))),
            entry("capitalize", (s, v, a) -> Strings.capitalize(text(v, s))),
            entry("title", (s, v, a) -> Strings.title(text(v, s), c -> Strings.isSpace(c) || "-([{<".indexOf(c) >= 0)),
            entry("string", (s, v, a) -> text(v, s)),
            entry("safe", (s, v, a) -> text(v, s)),
            entry("trim", (s, v, a) -> method("strip", s, text(v, s), a)),
            entry(
                    "center",
                    (s, v, a) -> method(
                            "center",
                            s,
                            text(v, s),
                            new Arguments(List.of(a.get(0, "width", BigInteger.valueOf(80))), Map.of()))),
            entry(
                    "replace",
                    (s, v, a) -> TextSplitting.replace(
                            text(v, s),
                            text(a.required(0, "old"), s),
                            text(a.required(1, "new"), s),
                            a.whole(2, "count", -1),
                            s.budget())),
            entry("escape", (s, v, a) -> escape(text(v, s), s.budget())),
            entry("e", (s, v, a) -> escape(text(v, s), s.budget())),
            entry(
                    "format",
                    (s, v, a) -> PercentFormat.format(
                            text(v, s),
                            a.named().isEmpty() ? new Values.Tuple(a.positional()) : a.named(),
                            s.budget())),
            entry("indent", Filters::indent),
            entry("wordcount", (s, v, a) -> wordCount(text(v, s))),
            entry("int", Filters::toInt),
            entry("float", Filters::toFloat),
            entry("abs", (s, v, a) -> Numbers.isWhole(v) ? Numbers.whole(v).abs() : (Object) Math.abs(Numbers.real(v))),
            entry("round", Filters::round),
            entry("tojson", Filters::toJson),
            entry("items", Filters::items),
            entry("list", (s, v, a) -> new ArrayList<>(Values.iterate(v, s.budget()))),
            entry("first", (s, v, a) -> end(Values.iterate(v, s.budget()), true)),
            entry("last", (s, v, a) -> end(Values.iterate(v, s.budget()), false)),
            entry("reverse", Filters::reverse),
            entry("attr", (s, v, a) -> Access.attribute(v, a.text(0, "name")))));

    static {
        ALL.putAll(SequenceFilters.ALL);
    }

    private Filters() {}

    static Object apply(String name, Scope scope, Object value, Arguments arguments) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw JinjaException.evaluation("No filter named '" + name + "'");
        }
        if (value instanceof String text) {
            scope.budget().spend(text.length());
        }
        return filter.apply(scope, value, arguments);
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static String text(Object value, Scope scope) {
        return Printer.str(value, scope.budget());
    }

    private static Object method(String name, Scope scope, String text, Arguments arguments) {
        Values.Callable method = Methods.of(text, name);
        if (method == null) {
            throw new IllegalStateException(name);
        }
        return method.call(scope, arguments);
    }

    private static Object orDefault(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("default", 2, "default_value", "boolean");
        boolean replaced = value instanceof Undefined || (arguments.flag(1, "boolean") && !Values.isTrue(value));
        return replaced ? arguments.get(0, "default_value", "") : value;
    }

    private static Object length(Scope scope, Object value, Arguments arguments) {
        if (Numbers.isNumber(value) || value == Values.NONE) {
            throw JinjaException.evaluation("object of type '" + Values.typeName(value) + "' has no len()");
        }
        return BigInteger.valueOf(
                value instanceof String text
                        ? Strings.length(text)
                        : Values.iterate(value, scope.budget()).size());
    }

    private static Object end(List<Object> items, boolean first) {
        if (items.isEmpty()) {
            return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
        }
        return items.get(first ? 0 : items.size() - 1);
    }

    private static Object reverse(Scope scope, Object value, Arguments arguments) {
        if (value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> items = new ArrayList<>(Values.iterate(value, scope.budget()));
        Collections.reverse(items);
        return items;
    }

    private static String escape(String text, Budget budget) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\'' -> out.append("&#39;");
                case '"' -> out.append("&#34;");
                default -> out.append(c);
            }
        }
        budget.spend(out.length());
        return out.toString();
    }

    private static Object indent(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("indent", 3, "width", "first", "blank");
        Object width = arguments.get(0, "width", BigInteger.valueOf(4));
        String indentation;
        if (width instanceof String given) {
            indentation = given;
        } else {
            int spaces = Math.max(0, Numbers.index(width));
            scope.budget().spend(spaces);
            indentation = " ".repeat(spaces);
        }
        StringBuilder out = new StringBuilder(arguments.flag(1, "first") ? indentation : "");
        List<Object> lines = Strings.splitLines(text(value, scope) + "\n");
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            if (i > 0) {
                scope.budget().spend(1L + indentation.length());
                out.append('\n').append(line.isEmpty() && !arguments.flag(2, "blank") ? "" : indentation);
            }
            out.append(line);
        }
        return out.toString();
    }

    private static BigInteger wordCount(String text) {
        int words = 0;
        boolean inside = false;
        for (int c : text.codePoints().toArray()) {
            boolean word = Character.isLetterOrDigit(c) || c == '_';
            words += word && !inside ? 1 : 0;
            inside = word;
        }
        return BigInteger.valueOf(words);
    }

    /** Python's {@code int}, or the default when the value is no number. */
    private static Object toInt(Scope scope, Object value, Arguments arguments) {
        Object otherwise = arguments.get(0, "default", BigInteger.ZERO);
        Object number = value;
        if (value instanceof String text) {
            BigInteger whole = Numbers.parseWhole(text);
            number = whole != null ? whole : orNone(Numbers.parseReal(text));
        }
        return Numbers.isWhole(number) || (number instanceof Double real && Double.isFinite(real))
                ? Numbers.truncate(number)
                : otherwise;
    }

    private static Object orNone(@Nullable Double number) {
        return number == null ? Values.NONE : number;
    }

    private static Object toFloat(Scope scope, Object value, Arguments arguments) {
        Object number = value instanceof String text ? orNone(Numbers.parseReal(text)) : value;
        return Numbers.isNumber(number) ? (Object) Numbers.real(number) : arguments.get(0, "default", 0.0);
    }

    private static Object round(Scope scope, Object value, Arguments arguments) {
        RoundingMode mode =
                switch (arguments.text(1, "method", "common")) {
                    case "common" -> RoundingMode.HALF_EVEN;
                    case "ceil" -> RoundingMode.CEILING;
                    case "floor" -> RoundingMode.FLOOR;
                    default -> throw JinjaException.evaluation("method must be common, ceil or floor");
                };
        int digits = arguments.whole(0, "precision", 0);
        scope.budget().spendConversion();
        if (Numbers.isWhole(value) && mode == RoundingMode.HALF_EVEN && digits >= 0) {
            return value;
        }
        return Numbers.round(Numbers.real(value), digits, mode);
    }

    private static Object items(Scope scope, Object value, Arguments arguments) {
        if (value instanceof Undefined) {
            return List.of();
        } else if (value instanceof Map<?, ?> map) {
            return Methods.items(map, scope.budget());
        }
        throw JinjaException.evaluation("Can only get item pairs from a mapping.");
    }

    private static Object toJson(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("tojson", 4, "ensure_ascii", "indent", "separators", "sort_keys");
        Object indent = arguments.get(1, "indent", Values.NONE);
        boolean multiline = indent != Values.NONE;
        String level = indent instanceof String given ? given : multiline ? spaces(Numbers.index(indent)) : "";
        String itemSeparator = multiline ? "," : ", ";
        String keySeparator = ": ";
        if (arguments.get(2, "separators", Values.NONE) instanceof List<?> pair
                && pair.size() == 2
                && pair.get(0) instanceof String item
                && pair.get(1) instanceof String key) {
            itemSeparator = item;
            keySeparator = key;
        }
        return JsonWriter.write(
                value,
                new JsonWriter.Style(
                        multiline,
                        level,
                        itemSeparator,
                        keySeparator,
                        arguments.flag(3, "sort_keys"),
                        arguments.flag(0, "ensure_ascii")),
                scope.budget());
    }

    private static String spaces(int count) {
        if (count > 100) {
            throw JinjaException.limit("JSON is indented by more than 100 characters");
        }
        return " ".repeat(Math.max(0, count));
    }
}
