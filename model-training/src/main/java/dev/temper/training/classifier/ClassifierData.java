package dev.temper.training.classifier;

import java.nio.file.Path;
import java.util.List;

/**
 * Files that a classifier is trained on.
 *
 * @param labelled files of labelled texts, at least one
 * @param dialogues files of clean dialogues, whose turns count as not toxic
 * @param turnsPerDialogueFile turns drawn at random from each dialogue file, at least 1
 */
public record ClassifierData(List<Path> labelled, List<Path> dialogues, int turnsPerDialogueFile) {
    public static final int DEFAULT_TURNS = 10_000;

    public ClassifierData {
        labelled = List.copyOf(labelled);
        dialogues = List.copyOf(dialogues);
        if (labelled.isEmpty()) {
            throw new IllegalArgumentException("at least one file of labelled texts is needed");
        }
        if (turnsPerDialogueFile < 1) {
            throw new IllegalArgumentException(
                    "turns per dialogue file must be at least 1, not " + turnsPerDialogueFile);
        }
    }
}
