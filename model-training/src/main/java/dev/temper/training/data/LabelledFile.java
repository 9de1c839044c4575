package dev.temper.training.data;

import dev.temper.runtime.TemperException;
import java.nio.file.Path;
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
        return JsonLines.read(
                file,
                row -> consumer.accept(new LabelledRow(
                        row.requiredText("id"),
                        row.requiredText("text"),
                        row.requiredShare("label"),
                        row.text("context"))));
    }
}
