package dev.temper.training.evaluate.utility;

import dev.temper.runtime.TemperException;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.UtilityFile;
import dev.temper.training.data.UtilityRow.LastWord;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Passages whose last word is guessed (LAMBADA, Paperno et al. 2016): right if greedy decoding would write all of the
 * word's tokens.
 *
 * @param data file of passages
 * @param limit most rows, drawn by the plan's seed; 0 = all
 */
public record LastWordPlan(Path data, int limit) implements SuitePlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("limit", 0);

    public LastWordPlan {
        if (data == null) {
            throw new IllegalArgumentException("data must name a file of passages");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 (all) or more, not " + limit);
        }
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        List<LastWord> rows = new ArrayList<>();
        DataFile file = UtilityFile.read(data, row -> {
            if (!(row instanceof LastWord lastWord)) {
                throw new TemperException(data + ": row " + row.id() + " has no \"context\" and \"continuation\"");
            }
            rows.add(lastWord);
        });
        return new LastWordSuite(
                file, limit, limit == 0 ? rows : RowDraw.of(rows, limit, instruments.seed(), LastWord::id));
    }
}
