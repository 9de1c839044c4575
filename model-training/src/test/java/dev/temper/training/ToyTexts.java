package dev.temper.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Labelled texts that a few words tell apart. */
public final class ToyTexts {
    private static final List<String> KIND = List.of("kind", "lovely", "thanks", "gentle");
    private static final List<String> RUDE = List.of("stupid", "awful", "hate", "nasty");
    private static final List<String> NEUTRAL = List.of("the", "train", "was", "late", "today", "and", "cold", "we");

    private ToyTexts() {}

    /** Writes so many rows, every other one toxic. */
    public static Path write(Path file, int rows, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            boolean toxic = i % 2 == 1;
            List<String> words = new ArrayList<>();
            int length = 2 + random.nextInt(6);
            for (int w = 0; w < length; w++) {
                words.add(NEUTRAL.get(random.nextInt(NEUTRAL.size())));
            }
            List<String> telling = toxic ? RUDE : KIND;
            words.add(random.nextInt(words.size()), telling.get(random.nextInt(telling.size())));
            lines.add("{\"id\":\"toy-%d\",\"text\":\"%s\",\"label\":%d}"
                    .formatted(i, String.join(" ", words), toxic ? 1 : 0));
        }
        return Files.write(file, lines);
    }
}
