package dev.temper.training.evaluate.preference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptFile;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.data.PromptRow;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.RowFilter;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every system answers every prompt once; the plan's judge says which of a system's answer and the first system's it finds
 * likelier, by the mean log-likelihood of a token, given the prompt (Meng et al. 2024, with OPT-30B as the judge). A tie
 * counts half. The judge reads text, so its tokenizer may be another.
 *
 * @param data files of prompts
 * @param where fields and values of the rows that count
 * @param limit most rows, drawn by the plan's seed; 0 = all
 * @param textAs what a row's text is
 * @param decoding settings that go before the plan's
 */
public record WinRatePlan(
        List<Path> data, Map<String, JsonNode> where, int limit, TextAs textAs, DecodingOverride decoding)
        implements SuitePlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS =
            Map.of("where", Map.of(), "limit", 0, "text_as", "user_message", "decoding", Map.of());

    public WinRatePlan {
        data = data == null ? List.of() : List.copyOf(data);
        if (data.isEmpty()) {
            throw new IllegalArgumentException("data must name at least one file of prompts");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 (all) or more, not " + limit);
        }
        new RowFilter(where);
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        List<PromptRow> rows = new ArrayList<>();
        List<DataFile> files = new ArrayList<>();
        for (Path file : data) {
            // Ids are unique in a file; with several files the file's name keeps them apart.
            String prefix = data.size() == 1 ? "" : file.getFileName() + ":";
            files.add(PromptFile.read(
                    file,
                    textAs,
                    new RowFilter(where),
                    Optional.empty(),
                    row -> rows.add(new PromptRow(prefix + row.id(), row.prompt(), row.group()))));
        }
        List<PromptRow> drawn = limit == 0 ? rows : RowDraw.of(rows, limit, instruments.seed(), PromptRow::id);
        if (drawn.isEmpty()) {
            throw new TemperException("suites." + name + ": no row of its data fulfils where; loosen it");
        }
        return new WinRateSuite(this, drawn, files, instruments.judgeFor(name), instruments);
    }
}
