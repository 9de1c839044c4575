package dev.temper.training.evaluate.utility;

import dev.temper.training.data.DataFile;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.TextFile;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How likely a model finds running text, read through windows that overlap: every token is judged once, after at least
 * {@code window - stride} tokens of what stands before it, across the passages' borders.
 *
 * @param data file of plain text
 * @param window tokens read at once; 0 = what the model reads, at most {@value #MOST}
 * @param stride tokens judged in one window, at most the window; 0 = half a window
 * @param limit most passages (of about 4,000 characters), drawn by the plan's seed; 0 = all
 */
public record TextPlan(Path data, int window, int stride, int limit) implements SuitePlan {
    static final int MOST = 1024;

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("window", 0, "stride", 0, "limit", 0);

    public TextPlan {
        if (data == null) {
            throw new IllegalArgumentException("data must name a file of plain text");
        }
        if (window < 0 || stride < 0 || limit < 0) {
            throw new IllegalArgumentException("window, stride and limit must not be negative");
        }
        if (window == 1 || (window > 0 && stride > window) || (window == 0 && stride > 0)) {
            throw new IllegalArgumentException(
                    "window must be 0 or at least 2, and stride at most the window, not " + window + " and " + stride);
        }
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        List<String> passages = new ArrayList<>();
        DataFile file = TextFile.readPassages(data, passages::add);
        List<Integer> all = IntStream.range(0, passages.size()).boxed().toList();
        return new TextSuite(
                this, file, passages, limit == 0 ? all : RowDraw.of(all, limit, instruments.seed(), String::valueOf));
    }
}
