package dev.temper.runtime.text.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** C's {@code strftime} in the C locale, as {@code strftime_now} of transformers uses it. */
final class Strftime {

    /** Directive to the pattern of {@link DateTimeFormatter}; {@code %-d} and its like leave out leading zeros. */
    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("Y", "yyyy"),
            Map.entry("y", "yy"),
            Map.entry("m", "MM"),
            Map.entry("-m", "M"),
            Map.entry("d", "dd"),
            Map.entry("-d", "d"),
            Map.entry("e", "ppd"),
            Map.entry("B", "MMMM"),
            Map.entry("b", "MMM"),
            Map.entry("h", "MMM"),
            Map.entry("A", "EEEE"),
            Map.entry("a", "EEE"),
            Map.entry("H", "HH"),
            Map.entry("-H", "H"),
            Map.entry("I", "hh"),
            Map.entry("-I", "h"),
            Map.entry("M", "mm"),
            Map.entry("-M", "m"),
            Map.entry("S", "ss"),
            Map.entry("-S", "s"),
            Map.entry("p", "a"),
            Map.entry("j", "DDD"),
            Map.entry("-j", "D"),
            Map.entry("f", "SSSSSS"),
            Map.entry("F", "yyyy-MM-dd"),
            Map.entry("T", "HH:mm:ss"),
            Map.entry("R", "HH:mm"),
            Map.entry("D", "MM/dd/yy"),
            Map.entry("c", "EEE MMM ppd HH:mm:ss yyyy"),
            Map.entry("x", "MM/dd/yy"),
            Map.entry("X", "HH:mm:ss"));

    private Strftime() {}

    static String format(ZonedDateTime time, String format, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            budget.spend(20);
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            int length = format.charAt(i + 1) == '-' && i + 2 < format.length() ? 2 : 1;
            String directive = format.substring(i + 1, i + 1 + length);
            i += length;
            String pattern = PATTERNS.get(directive);
            if (pattern != null) {
                out.append(DateTimeFormatter.ofPattern(pattern, Locale.US).format(time));
            } else {
                out.append(
                        switch (directive) {
                            case "%" -> "%";
                            case "n" -> "\n";
                            case "t" -> "\t";
                            case "w" -> String.valueOf(time.getDayOfWeek().getValue() % 7);
                            case "u" -> String.valueOf(time.getDayOfWeek().getValue());
                            case "s" -> String.valueOf(time.toEpochSecond());
                            // The reference passes a local time without a zone, which prints as nothing.
                            case "z", "Z" -> "";
                            default ->
                                throw JinjaException.evaluation("strftime_now does not know a directive of its format");
                        });
            }
        }
        return out.toString();
    }
}
