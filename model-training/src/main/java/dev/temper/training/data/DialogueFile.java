package dev.temper.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Files of clean dialogues, {@code {"id", "turns": [text or {"text"}, …]}} a line, whose turns serve as non-toxic texts:
 * a scorer that only ever saw comments from the web takes small talk for something odd.
 */
public final class DialogueFile {
    private DialogueFile() {}

    /**
     * Gives every turn that is not blank to the consumer, in order, labelled 0, with the turn before it as its context.
     *
     * @return the file's hash and number of dialogues
     * @throws TemperException with file and line, at the first row that is not of this form
     */
    public static DataFile readTurnsAsNonToxic(Path file, Consumer<LabelledRow> consumer) {
        return read(file, (id, turns) -> {
            Optional<String> before = Optional.empty();
            for (int i = 0; i < turns.size(); i++) {
                if (!turns.get(i).isBlank()) {
                    consumer.accept(new LabelledRow(id + "#" + i, turns.get(i), 0, before));
                    before = Optional.of(turns.get(i));
                }
            }
        });
    }

    /**
     * Gives every dialogue's id and turns, blank ones too, to the consumer, in order.
     *
     * @return the file's hash and number of dialogues
     * @throws TemperException with file and line, at the first row that is not of this form
     */
    public static DataFile read(Path file, BiConsumer<String, List<String>> consumer) {
        return JsonLines.read(file, row -> {
            String id = row.requiredText("id");
            JsonNode turns = row.node().path("turns");
            if (!turns.isArray() || turns.isEmpty()) {
                throw row.bad("needs a list \"turns\" with at least one turn");
            }
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < turns.size(); i++) {
                JsonNode turn = turns.get(i).isObject() ? turns.get(i).path("text") : turns.get(i);
                if (!turn.isTextual()) {
                    throw row.bad("has a turn (number " + (i + 1) + ") that is no text");
                }
                texts.add(turn.textValue());
            }
            consumer.accept(id, texts);
        });
    }
}
