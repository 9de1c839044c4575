package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code 'format' % values}: {@code %s %r %d %i %u %f %F %x %X %o %c %%} with flags, width and precision. */
final class PercentFormat {

    private static final Pattern DIRECTIVE =
            Pattern.compile("%(?:\\(([^)]*+)\\))?([-+ 0#]*+)(\\d*+)(?:\\.(\\d*+))?([a-zA-Z%])");

    private final Object values;
    private final Budget budget;
    private int next;

    private PercentFormat(Object values, Budget budget) {
        this.values = values;
        this.budget = budget;
    }

    static String format(String format, Object values, Budget budget) {
        return new PercentFormat(values, budget).run(format);
    }

    private String run(String format) {
        budget.spend(format.length());
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int at = format.indexOf('%'); at >= 0; at = format.indexOf('%', from)) {
            Matcher directive = DIRECTIVE.matcher(format).region(at, format.length());
            if (!directive.lookingAt()) {
                throw JinjaException.evaluation("incomplete or unsupported format");
            }
            out.append(format, from, at).append(directive.group(5).equals("%") ? "%" : converted(directive));
            from = directive.end();
        }
        int given = values instanceof Tuple tuple ? tuple.size() : values instanceof Map ? next : 1;
        if (next < given) {
            throw JinjaException.evaluation("not all arguments converted during string formatting");
        }
        return out.append(format, from, format.length()).toString();
    }

    private String converted(Matcher directive) {
        String flags = directive.group(2);
        int precision = directive.group(4) == null ? -1 : number(directive.group(4));
        Object value = value(directive.group(1));
        String body =
                switch (directive.group(5)) {
                    case "s" -> cut(Printer.str(value, budget), precision);
                    case "r" -> cut(Printer.str(new Tuple(List.of(value)), budget), precision);
                    case "d", "i", "u" ->
                        signed(Numbers.truncate(numeric(value)).toString(), flags);
                    case "x" -> signed(whole(value).toString(16), flags);
                    case "X" -> signed(Strings.upper(whole(value).toString(16)), flags);
                    case "o" -> signed(whole(value).toString(8), flags);
                    case "f", "F" -> signed(fixed(value, precision < 0 ? 6 : precision), flags);
                    case "c" -> value instanceof String text ? text : character(Numbers.index(value));
                    default ->
                        throw JinjaException.evaluation("unsupported format character '" + directive.group(5) + "'");
                };
        if (directive.group(5).equals("r")) {
            body = body.substring(1, body.length() - 2); // "(repr,)"
        }
        return fill(body, flags, directive.group(3).isEmpty() ? 0 : number(directive.group(3)), directive.group(5));
    }

    private Object value(@org.jspecify.annotations.Nullable String key) {
        if (key != null) {
            Object value = values instanceof Map<?, ?> map ? map.get(key) : null;
            if (value == null) {
                throw JinjaException.evaluation("format requires a mapping with key '" + key + "'");
            }
            return value;
        }
        int index = next++;
        if (values instanceof Tuple tuple ? index >= tuple.size() : index > 0) {
            throw JinjaException.evaluation("not enough arguments for format string");
        }
        return values instanceof Tuple tuple ? tuple.get(index) : values;
    }

    private String fill(String body, String flags, int width, String type) {
        int missing = Math.max(0, width - Strings.length(body));
        budget.spend((long) missing + body.length());
        if (flags.contains("-")) {
            return body + " ".repeat(missing);
        } else if (flags.contains("0") && "diuxXofF".contains(type)) {
            boolean sign = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ");
            return body.substring(0, sign ? 1 : 0) + "0".repeat(missing) + body.substring(sign ? 1 : 0);
        }
        return " ".repeat(missing) + body;
    }

    private static String signed(String number, String flags) {
        String sign = number.startsWith("-") ? "" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        return sign + number;
    }

    private String fixed(Object value, int digits) {
        budget.spendConversion();
        double real = Numbers.real(numeric(value));
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            return Numbers.text(real);
        }
        return new BigDecimal(real).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String character(int code) {
        if (!Character.isValidCodePoint(code)) {
            throw JinjaException.evaluation("%c arg not in range(0x110000)");
        }
        return Character.toString(code);
    }

    private static BigInteger whole(Object value) {
        return Numbers.whole(value);
    }

    private static Object numeric(Object value) {
        if (!Numbers.isNumber(value)) {
            throw JinjaException.evaluation("format: a real number is required, not " + Values.typeName(value));
        }
        return value;
    }

    private static String cut(String text, int precision) {
        return precision < 0 || precision >= Strings.length(text)
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    /** A width or precision: nobody needs four digits. */
    private static int number(String digits) {
        if (digits.length() > 3) {
            throw JinjaException.limit("a format is wider than 999 characters");
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }
}
