package dev.temper.training.data;

import dev.temper.training.data.UtilityRow.LastWord;
import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.data.UtilityRow.Schema;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Files of questions with known answers. A line is {@code {"id", "query", "choices", "answer", "subject"?, "split"?}}, or
 * {@code {"id", "context_options", "continuation", "answer"}}, or {@code {"id", "context", "continuation"}}; other fields
 * are passed over. Answers are indices from 0.
 *
 * <p>Where a line has no {@code "split"}, an id of the form {@code <name>-<split>-<number>} tells it: {@code mmlu-dev-0}.
 */
public final class UtilityFile {
    private static final int FEWEST_OPTIONS = 2;
    private static final Set<String> SPLITS = Set.of("dev", "val", "test", "train");

    private UtilityFile() {}

    /**
     * Gives every row to the consumer, in order, one at a time.
     *
     * @return the file's hash and number of rows
     * @throws dev.temper.runtime.TemperException with file and line, at the first row that is not of these forms or
     *     repeats an id
     */
    public static DataFile read(Path file, Consumer<UtilityRow> consumer) {
        Set<String> ids = new HashSet<>();
        return JsonLines.read(file, row -> {
            String id = row.requiredText("id");
            if (!ids.add(id)) {
                throw row.bad("repeats the id of an earlier line");
            }
            consumer.accept(of(id, row));
        });
    }

    private static UtilityRow of(String id, JsonRow row) {
        if (row.has("choices")) {
            List<String> choices = row.requiredTexts("choices", FEWEST_OPTIONS);
            return new Question(
                    id,
                    row.text("subject"),
                    row.text("split").or(() -> partOf(id)),
                    row.requiredText("query"),
                    choices,
                    row.requiredIndex("answer", choices.size()));
        }
        if (row.has("context_options")) {
            List<String> contexts = row.requiredTexts("context_options", FEWEST_OPTIONS);
            return new Schema(
                    id, contexts, row.requiredText("continuation"), row.requiredIndex("answer", contexts.size()));
        }
        if (row.has("context")) {
            return new LastWord(id, row.requiredText("context"), row.requiredText("continuation"));
        }
        throw row.bad("has none of the fields \"choices\", \"context_options\" and \"context\"");
    }

    private static Optional<String> partOf(String id) {
        String[] parts = id.split("-", -1);
        return parts.length >= 3 && SPLITS.contains(parts[parts.length - 2])
                ? Optional.of(parts[parts.length - 2])
                : Optional.empty();
    }
}
