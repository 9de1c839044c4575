package dev.temper.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measurement over another of the same round, so that what slows the machine slows both.
 *
 * @param name what is divided by what
 * @param mark what it is to reach, where there is such a mark
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ratio(String name, Spread value, @Nullable Double mark) {

    /** The mark and whether the median reaches it, for a table; empty without a mark. */
    public String verdict() {
        return mark == null
                ? ""
                : String.format(Locale.ROOT, ">= %.2f %s", mark, value.median() >= mark ? "met" : "MISSED");
    }
}
