package dev.temper.training.data;

import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Files of labelled texts: {@code {"id", "text", "label": 0..1, "context"?}} a line, other fields passed over.
 */
public final class LabelledFile {
    private LabelledFile() {}

    /**
     * Gives every row to the consumer, in order, one at a time.
     *
     * @return the file's hash and number of rows
     * @throws TemperException with file and line, at the first row that is not of this form
     */
    public static DataFile read(Path file, Consumer<LabelledRow> consumer) {
        return JsonLines.read(file, row -> consumer.accept(labelled(row, row.text("context"))));
    }

    /**
     * Gives every row and its context to the consumer, in order, one at a time.
     *
     * @return the file's hash and number of rows
     * @throws TemperException with file and line, at the first row that is not of this form or has no context
     */
    public static DataFile readExchanges(Path file, BiConsumer<String, LabelledRow> consumer) {
        return JsonLines.read(file, row -> {
            String context = row.requiredText("context");
            consumer.accept(context, labelled(row, Optional.of(context)));
        });
    }

    private static LabelledRow labelled(JsonRow row, Optional<String> context) {
        return new LabelledRow(row.requiredText("id"), row.requiredText("text"), row.requiredShare("label"), context);
    }
}
