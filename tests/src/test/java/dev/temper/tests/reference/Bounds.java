package dev.temper.tests.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.ConfigLoader;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/**
 * Which numbers the loader accepts: it is asked, so that what is said of a setting is what holds. What is accepted is
 * taken for one interval, but for a -1 that stands apart.
 *
 * @param whole a configuration that is accepted, with every setting in it
 */
record Bounds(ObjectNode whole) {

    /** Where most intervals end, or just before or after. */
    private static final long[] LIKELY = {0, 1, 2, 8, 100};

    /** The least and the most that are accepted, as bits that are in order. */
    private record Interval(long least, long most) {}

    /** The intervals of a section's numbers, by key, in words; each where the others leave it most room. */
    Map<String, String> of(String section) {
        ObjectNode numbers = (ObjectNode) whole.at(section);
        Map<String, Interval> first = new LinkedHashMap<>();
        numbers.properties().stream()
                .filter(entry -> entry.getValue().isNumber())
                .forEach(entry -> first.put(entry.getKey(), interval(whole, section, entry.getKey())));
        Map<String, String> words = new LinkedHashMap<>();
        first.forEach((key, alone) -> {
            if (!dependsOnOthers(numbers, key, alone)) {
                words.put(key, inWords(section, key, alone.least, alone.most));
                return;
            }
            ObjectNode low = whole.deepCopy();
            ObjectNode high = whole.deepCopy();
            first.forEach((other, interval) -> {
                if (!other.equals(key)) {
                    put(low, section, other, interval.least);
                    put(high, section, other, interval.most);
                }
            });
            long least = accepted(low) ? interval(low, section, key).least : alone.least;
            long most = accepted(high) ? interval(high, section, key).most : alone.most;
            words.put(key, inWords(section, key, least, most));
        });
        return words;
    }

    /** Which of an enumeration's names are accepted, as files write them. */
    List<String> choices(String section, String key, List<String> names) {
        ObjectNode probe = whole.deepCopy();
        ObjectNode settings = (ObjectNode) probe.at(section);
        return names.stream()
                .filter(name -> {
                    settings.put(key, name);
                    return accepted(probe);
                })
                .toList();
    }

    /** Whether an end is where another setting of the section stands. */
    private static boolean dependsOnOthers(ObjectNode numbers, String key, Interval interval) {
        return numbers.properties().stream()
                .filter(other -> !other.getKey().equals(key) && other.getValue().isNumber())
                .map(other -> numbers.get(key).isIntegralNumber()
                        ? other.getValue().asLong()
                        : toBits(other.getValue().asDouble()))
                .anyMatch(value -> value == interval.least || value == interval.most);
    }

    private String inWords(String section, String key, long least, long most) {
        return whole.at(section).get(key).isIntegralNumber()
                ? integers(section, key, least, most)
                : doubles(least, most);
    }

    private static boolean accepted(ObjectNode configuration) {
        try {
            ConfigLoader.parse("probe", configuration.toString(), Path.of(""));
            return true;
        } catch (TemperException e) {
            return false;
        }
    }

    private static void put(ObjectNode into, String section, String key, long bits) {
        ObjectNode numbers = (ObjectNode) into.at(section);
        if (numbers.get(key).isIntegralNumber()) {
            numbers.put(key, bits);
        } else {
            numbers.put(key, fromBits(bits));
        }
    }

    private Interval interval(ObjectNode base, String section, String key) {
        JsonNode usual = base.at(section).get(key);
        boolean integral = usual.isIntegralNumber();
        boolean apart = integral && usual.asLong() == -1 && !accepted(section, key, 0);
        long now = apart ? 1 : integral ? usual.asLong() : toBits(usual.asDouble());
        ObjectNode probe = base.deepCopy();
        LongPredicate holds = bits -> {
            put(probe, section, key, bits);
            return accepted(probe);
        };
        long end = integral ? Long.MAX_VALUE : toBits(Double.MAX_VALUE);
        long[] likely =
                integral ? LIKELY : LongStream.of(LIKELY).map(Bounds::toBits).toArray();
        return new Interval(-farthest(-now, end, likely, bits -> holds.test(-bits)), farthest(now, end, likely, holds));
    }

    /** The largest that holds from a start that does, up to an end; where it likely is, is tried first. */
    private static long farthest(long from, long end, long[] likely, LongPredicate holds) {
        if (holds.test(end)) {
            return end;
        }
        for (long near : likely) {
            for (long last : new long[] {-near, -near - 1, near, near - 1}) {
                if (last >= from && holds.test(last) && !holds.test(last + 1)) {
                    return last;
                }
            }
        }
        long good = from;
        long bad = end;
        while (bad - 1 > good) {
            long middle = (good & bad) + ((good ^ bad) >> 1); // the mean, without an overflow
            if (holds.test(middle)) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private String integers(String section, String key, long least, long most) {

        String apart = least == 1 && accepted(section, key, -1) ? "-1, " : "";
        return apart + (most >= Integer.MAX_VALUE ? "≥ " + least : least + " to " + most);
    }

    private boolean accepted(String section, String key, long value) {
        ObjectNode probe = whole.deepCopy();
        put(probe, section, key, value);
        return accepted(probe);
    }

    private static String doubles(long least, long most) {
        double low = fromBits(least);
        double high = fromBits(most);
        double below = Math.nextDown(low);
        double above = Math.nextUp(high);
        boolean lowOpen = text(below).length() < text(low).length();
        boolean highOpen = text(above).length() < text(high).length();
        if (high == Double.MAX_VALUE) {
            return lowOpen ? "> " + text(below) : "≥ " + text(low);
        }
        return (lowOpen ? "(" + text(below) : "[" + text(low)) + ", "
                + (highOpen ? text(above) + ")" : text(high) + "]");
    }

    static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Doubles as whole numbers of the same order. */
    private static long toBits(double value) {
        long bits = Double.doubleToLongBits(Math.abs(value));
        return value < 0 ? -bits : bits;
    }

    private static double fromBits(long bits) {
        return bits < 0 ? -Double.longBitsToDouble(-bits) : Double.longBitsToDouble(bits);
    }
}
