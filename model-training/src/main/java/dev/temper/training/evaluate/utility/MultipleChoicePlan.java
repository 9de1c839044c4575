package dev.temper.training.evaluate.utility;

import dev.temper.runtime.TemperException;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.UtilityFile;
import dev.temper.training.data.UtilityRow;
import dev.temper.training.data.UtilityRow.LastWord;
import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.data.UtilityRow.Schema;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import dev.temper.training.likelihood.SpanEncoder.Pair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Questions without examples: the option that the model finds likeliest is its answer. Of a question the choices are
 * compared, given the question. Of a schema the one end is compared, given each of the beginnings (partial evaluation,
 * Trinh and Le 2018).
 *
 * @param data files by the name of their data set
 * @param limit most rows of each file, drawn by the plan's seed; 0 = all
 * @param delimiter leads over from a question to a choice; a question that ends with a colon gets a blank instead
 */
public record MultipleChoicePlan(Map<String, Path> data, int limit, String delimiter) implements SuitePlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("limit", 0, "delimiter", "\nAnswer: ");

    public MultipleChoicePlan {
        data = data == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(data));
        if (data.isEmpty()) {
            throw new IllegalArgumentException("data must name at least one file, by the name of its data set");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 (all) or more, not " + limit);
        }
        if (delimiter.isEmpty()) {
            throw new IllegalArgumentException("delimiter must not be empty");
        }
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        List<ChoiceItem> items = new ArrayList<>();
        Map<String, DataFile> files = new LinkedHashMap<>();
        data.forEach((group, path) -> {
            List<UtilityRow> rows = new ArrayList<>();
            files.put(group, UtilityFile.read(path, rows::add));
            List<UtilityRow> drawn = limit == 0 ? rows : RowDraw.of(rows, limit, instruments.seed(), UtilityRow::id);
            drawn.forEach(row -> items.add(item(group, path, row)));
        });
        return new MultipleChoiceSuite(this, files, items);
    }

    private ChoiceItem item(String group, Path path, UtilityRow row) {
        String id = group + ":" + row.id(); // ids are unique in a file
        if (row instanceof Question question) {
            boolean leads = question.query().stripTrailing().endsWith(":");
            String context = question.query() + (leads ? " " : delimiter);
            return new ChoiceItem(
                    id,
                    group,
                    question.choices().stream()
                            .map(choice -> new Pair(context, choice))
                            .toList(),
                    question.choices().stream().map(ChoiceItem::bytes).toList(),
                    question.answer());
        } else if (row instanceof Schema schema) {
            String end = " " + schema.continuation();
            return new ChoiceItem(
                    id,
                    group,
                    schema.contexts().stream()
                            .map(context -> new Pair(context, end))
                            .toList(),
                    Collections.nCopies(schema.contexts().size(), ChoiceItem.bytes(schema.continuation())),
                    schema.answer());
        }
        throw new TemperException(path + ": " + (row instanceof LastWord ? "a row has no choices" : "unknown row")
                + "; last words are a suite of kind last_word");
    }
}
