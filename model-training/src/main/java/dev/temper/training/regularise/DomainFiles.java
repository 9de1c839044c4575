package dev.temper.training.regularise;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.ChatTemplate;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.DialogueFile;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.data.TextFile;
import dev.temper.training.decoder.TokenSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a domain's text lies. Rows whose text is held out ({@link HeldOutSplit}) are never learnt from.
 *
 * @param labelled files of labelled texts, each a text of its own
 * @param exchanges files of labelled texts with a context: the context is a user's message, the text the assistant's
 *     answer, rendered by the model's chat template; only the answer is predicted
 * @param lowestLabel of both, rows with a lower label are left out: what an anti-expert learns from; 0 = none
 * @param highestLabel of both, rows with a higher label are left out: what the baseline "filtering" is made of; 1 = none
 * @param dialogues files of dialogues, rendered by the model's chat template with speakers taking turns
 * @param texts files of plain text, in windows as long as a training text may be
 */
public record DomainFiles(
        List<Path> labelled,
        List<Path> exchanges,
        double lowestLabel,
        double highestLabel,
        List<Path> dialogues,
        List<Path> texts) {
    private static final int SHORTEST = 4; // tokens

    public DomainFiles {
        labelled = List.copyOf(labelled);
        exchanges = List.copyOf(exchanges);
        dialogues = List.copyOf(dialogues);
        texts = List.copyOf(texts);
        if (!(lowestLabel >= 0 && lowestLabel <= highestLabel && highestLabel <= 1)) {
            throw new IllegalArgumentException("lowest_label and highest_label must be in [0, 1], the lowest not above"
                    + " the highest; not " + lowestLabel + " and " + highestLabel);
        }
        if (labelled.isEmpty() && exchanges.isEmpty() && dialogues.isEmpty() && texts.isEmpty()) {
            throw new IllegalArgumentException("a domain needs files: labelled, exchanges, dialogues or texts");
        }
    }

    /**
     * What was read.
     *
     * @param files with their hashes, in the order of the domain
     */
    public record Read(List<TokenSequence> sequences, List<DataFile> files) {
        public Read {
            sequences = List.copyOf(sequences);
            files = List.copyOf(files);
        }
    }

    /**
     * Reads all files.
     *
     * @param maxTokens of one sequence: longer texts go on in the next, dialogues and labelled texts are cut
     * @throws TemperException if a file is bad, or an exchange or dialogue cannot be rendered
     */
    public Read read(Path modelFolder, Tokenizer tokenizer, int maxTokens) {
        Collector collector = new Collector(tokenizer, maxTokens);
        List<DataFile> files = new ArrayList<>();
        for (Path file : labelled) {
            files.add(LabelledFile.read(file, row -> {
                if (isLearntFrom(row)) {
                    collector.addCut(tokenizer.encode(row.text(), true));
                }
            }));
        }
        if (!exchanges.isEmpty() || !dialogues.isEmpty()) {
            ChatTemplate template = ChatTemplate.load(modelFolder, tokenizer.specialTokens())
                    .orElseThrow(() -> new TemperException(modelFolder
                            + " has no chat template, so exchanges and dialogues cannot be rendered; use labelled or"
                            + " texts"));
            ExchangeEncoder encoder = new ExchangeEncoder(tokenizer, template, maxTokens);
            for (Path file : exchanges) {
                files.add(LabelledFile.readExchanges(file, (context, row) -> {
                    if (isLearntFrom(row)) {
                        encoder.encode(context, row.text()).ifPresent(collector.sequences::add);
                    }
                }));
            }
            for (Path file : dialogues) {
                files.add(DialogueFile.read(file, (id, turns) -> collector.addDialogue(template, turns)));
            }
        }
        for (Path file : texts) {
            files.add(TextFile.readPassages(file, collector::addPassage));
        }
        return new Read(collector.sequences, files);
    }

    private boolean isLearntFrom(LabelledRow row) {
        return row.label() >= lowestLabel && row.label() <= highestLabel && !HeldOutSplit.isHeldOut(row.text());
    }

    private static final class Collector {
        private final Tokenizer tokenizer;
        private final int maxTokens;
        private final List<TokenSequence> sequences = new ArrayList<>();

        Collector(Tokenizer tokenizer, int maxTokens) {
            this.tokenizer = tokenizer;
            this.maxTokens = maxTokens;
        }

        void add(int[] ids) {
            if (ids.length >= SHORTEST) {
                sequences.add(new TokenSequence(ids, 1));
            }
        }

        void addCut(int[] ids) {
            add(Arrays.copyOf(ids, Math.min(maxTokens, ids.length)));
        }

        void addDialogue(ChatTemplate template, List<String> turns) {
            List<ChatMessage> messages = new ArrayList<>();
            for (String turn : turns) {
                if (!turn.isBlank()) {
                    messages.add(new ChatMessage(messages.size() % 2 == 0 ? Role.USER : Role.ASSISTANT, turn.strip()));
                }
            }
            if (!messages.isEmpty() && !HeldOutSplit.isHeldOut(messages.get(0).content())) {
                addCut(tokenizer.encode(template.render(messages, false), false));
            }
        }

        void addPassage(String passage) {
            if (HeldOutSplit.isHeldOut(passage)) {
                return;
            }
            int[] ids = tokenizer.encode(passage, true);
            for (int from = 0; from < ids.length; from += maxTokens) {
                add(Arrays.copyOfRange(ids, from, Math.min(from + maxTokens, ids.length)));
            }
        }
    }
}
