package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Tuple;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Values as text: Python's {@code str} and {@code repr}. */
final class Printer {

    private Printer() {}

    /** Python's {@code str}; undefined prints as nothing. */
    static String str(Object value, Budget budget) {
        if (value instanceof String text) {
            return text;
        } else if (value instanceof Undefined) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        repr(value, out, budget);
        return out.toString();
    }

    private static void repr(Object value, StringBuilder out, Budget budget) {
        budget.enter();
        budget.spend(1);
        if (value instanceof String text) {
            quote(text, out, budget);
        } else if (value instanceof Boolean flag) {
            out.append(flag ? "True" : "False");
        } else if (value instanceof Double real) {
            budget.spendConversion();
            out.append(Numbers.text(real));
        } else if (value instanceof List<?> list) {
            boolean tuple = value instanceof Tuple;
            out.append(tuple ? '(' : '[');
            String separator = "";
            for (Object item : list) {
                out.append(separator);
                repr(item, out, budget);
                separator = ", ";
            }
            out.append(tuple && list.size() == 1 ? "," : "").append(tuple ? ')' : ']');
        } else if (value instanceof Map<?, ?> map) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                repr(entry.getKey(), out, budget);
                out.append(": ");
                repr(entry.getValue(), out, budget);
                separator = ", ";
            }
            out.append('}');
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else if (value instanceof BigInteger || value == Values.NONE) {
            String text = value.toString();
            budget.spend(text.length());
            out.append(text);
        } else {
            out.append('<').append(Values.typeName(value)).append('>');
        }
        budget.leave();
    }

    private static void quote(String text, StringBuilder out, Budget budget) {
        budget.spend(text.length());
        char mark = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(mark);
        text.codePoints().forEach(c -> {
            int known = "\\\n\r\t".indexOf(c);
            if (c == mark || known >= 0) {
                out.append('\\').append(c == mark ? mark : "\\nrt".charAt(known));
            } else if (isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
            }
        });
        out.append(mark);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
