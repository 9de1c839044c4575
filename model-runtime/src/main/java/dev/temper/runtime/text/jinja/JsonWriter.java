package dev.temper.runtime.text.jinja;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes one value as Python's {@code json.dumps} does. */
final class JsonWriter {

    /**
     * How JSON is laid out.
     *
     * @param multiline whether each item stands on a line of its own
     * @param indent what one level is indented by, when multiline
     * @param ascii whether characters beyond ASCII are escaped
     */
    record Style(
            boolean multiline,
            String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys,
            boolean ascii) {}

    private final Style style;
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();

    private JsonWriter(Style style, Budget budget) {
        this.style = style;
        this.budget = budget;
    }

    static String write(Object value, Style style, Budget budget) {
        JsonWriter writer = new JsonWriter(style, budget);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(Object value, int level) {
        budget.enter();
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof List<?> list) {
            items('[', list, ']', level, item -> value(item, level + 1));
        } else if (value instanceof Map<?, ?> map) {
            items('{', entries(map), '}', level, entry -> {
                string(entry.getKey() instanceof String text ? text : scalar(entry.getKey()));
                append(style.keySeparator());
                value(entry.getValue(), level + 1);
            });
        } else {
            append(scalar(value));
        }
        budget.leave();
    }

    private Collection<? extends Map.Entry<?, ?>> entries(Map<?, ?> map) {
        if (!style.sortKeys()) {
            return map.entrySet();
        }
        return map.entrySet().stream()
                .sorted((a, b) -> Values.compare(a.getKey(), b.getKey(), "<", budget))
                .toList();
    }

    private String scalar(Object value) {
        if (value == Values.NONE) {
            return "null";
        } else if (value instanceof Boolean flag) {
            return flag ? "true" : "false";
        } else if (value instanceof Double real && (real.isNaN() || real.isInfinite())) {
            return real.isNaN() ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
        } else if (value instanceof BigInteger || value instanceof Double) {
            return Printer.str(value, budget);
        }
        throw JinjaException.evaluation("Object of type " + Values.typeName(value) + " is not JSON serializable");
    }

    private <T> void items(char open, Collection<T> items, char close, int level, Consumer<T> write) {
        out.append(open);
        boolean first = true;
        for (T item : items) {
            append(first ? "" : style.itemSeparator());
            newline(level + 1);
            write.accept(item);
            first = false;
        }
        if (!first) {
            newline(level);
        }
        out.append(close);
    }

    private void newline(int level) {
        if (style.multiline()) {
            append("\n");
            for (int i = 0; i < level; i++) {
                append(style.indent());
            }
        }
    }

    private void append(String text) {
        budget.spend(1 + text.length());
        out.append(text);
    }

    private void string(String text) {
        budget.spend(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int known = "\"\\\n\r\t\b\f".indexOf(c);
            if (known >= 0) {
                out.append('\\').append("\"\\nrtbf".charAt(known));
            } else if (c < ' ' || (style.ascii() && c > '~')) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
