package dev.temper.training.classifier;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.DialogueFile;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.data.LabelledRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a classifier learns from and what judges it, as token ids in memory: some hundred bytes a row.
 *
 * @param training rows of all files that are not held out
 * @param sources for each file its hash and its held-out rows
 */
record TrainingData(List<EncodedRow> training, List<Source> sources) {

    /** Texts that the tokenizer sees at once. */
    private static final int ENCODE_AT_ONCE = 1_000;

    TrainingData {
        training = List.copyOf(training);
        sources = List.copyOf(sources);
    }

    /**
     * One file.
     *
     * @param used rows that were taken from it, for training or held out
     * @param heldOut rows that judge
     */
    record Source(DataFile file, long used, List<EncodedRow> heldOut) {
        Source {
            heldOut = List.copyOf(heldOut);
        }
    }

    /**
     * Reads and encodes all files.
     *
     * @param tokenizer cuts texts to the most tokens that training takes
     * @throws TemperException if a file is bad, or there is nothing to learn from or to judge by
     */
    static TrainingData read(ClassifierData data, Tokenizer tokenizer, long seed) {
        Encoder encoder = new Encoder(tokenizer);
        List<Source> sources = new ArrayList<>();
        for (Path path : data.labelled()) {
            DataFile file = LabelledFile.read(path, encoder::add);
            sources.add(encoder.finish(file));
        }
        for (Path path : data.dialogues()) {
            ReservoirSample sample = new ReservoirSample(data.turnsPerDialogueFile(), seed);
            DataFile file = DialogueFile.readTurnsAsNonToxic(path, sample::offer);
            sample.rows().forEach(encoder::add);
            sources.add(encoder.finish(file));
        }
        requireBothClasses("training", encoder.training);
        requireBothClasses(
                "held-out",
                sources.stream().flatMap(source -> source.heldOut().stream()).toList());
        return new TrainingData(encoder.training, sources);
    }

    private static void requireBothClasses(String which, List<EncodedRow> rows) {
        long toxic = rows.stream().filter(EncodedRow::toxic).count();
        if (toxic == 0 || toxic == rows.size()) {
            throw new TemperException("the " + which + " rows are " + rows.size() + ", of which " + toxic
                    + " have a label of at least 0.5; both classes are needed, so give more or other --data files");
        }
    }

    /** Collects rows, encodes them many at a time, and puts each on its side of the split. */
    private static final class Encoder {
        private final Tokenizer tokenizer;
        private final List<EncodedRow> training = new ArrayList<>();
        private final List<LabelledRow> waiting = new ArrayList<>();
        private List<EncodedRow> heldOut = new ArrayList<>();
        private long used;

        Encoder(Tokenizer tokenizer) {
            this.tokenizer = tokenizer;
        }

        void add(LabelledRow row) {
            waiting.add(row);
            if (waiting.size() == ENCODE_AT_ONCE) {
                encode();
            }
        }

        Source finish(DataFile file) {
            encode();
            Source source = new Source(file, used, heldOut);
            heldOut = new ArrayList<>();
            used = 0;
            return source;
        }

        private void encode() {
            List<int[]> ids =
                    tokenizer.encodeAll(waiting.stream().map(LabelledRow::text).toList(), true);
            for (int i = 0; i < ids.size(); i++) {
                if (ids.get(i).length > 0) { // a normaliser may leave nothing of a text of odd characters
                    LabelledRow row = waiting.get(i);
                    boolean judges = HeldOutSplit.isHeldOut(row.text());
                    (judges ? heldOut : training).add(new EncodedRow(ids.get(i), (float) row.label()));
                    used++;
                }
            }
            waiting.clear();
        }
    }
}
