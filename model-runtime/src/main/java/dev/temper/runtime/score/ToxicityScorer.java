package dev.temper.runtime.score;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ClassificationHead;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.SequenceClassifier;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.text.Tokenizer.TypedTokens;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Scores texts with a sequence-classification checkpoint. Categories are the labels of its {@code config.json}, in their
 * order. Where exactly one label applies to a text (softmax), the label that means "none of the others" is no category:
 * one named neutral, normal, clean, safe, none, non-toxic or not toxic (any case, {@code -} and {@code _} as spaces), or
 * {@code LABEL_0}.
 *
 * <p>Texts longer than the model reads are cut at the end. Owns its model and tokenizer; used by one thread at a time.
 */
public final class ToxicityScorer implements TextScorer, AutoCloseable {
    private static final Set<String> HARMLESS =
            Set.of("neutral", "normal", "clean", "safe", "none", "non toxic", "nontoxic", "not toxic", "label 0");

    /** Tokens, padding included, that are read in one go: bounds the memory that a call takes. */
    private static final int TOKENS_AT_ONCE = 8192;

    private final String id;
    private final String hash;
    private final SequenceClassifier classifier;
    private final Tokenizer tokenizer;
    private final int[] categoryLabels; // indices of the labels that are categories
    private final List<String> categories;

    private ToxicityScorer(String id, String hash, SequenceClassifier classifier, Tokenizer tokenizer) {
        this.id = id;
        this.hash = hash;
        this.classifier = classifier;
        this.tokenizer = tokenizer;
        this.categoryLabels = categoryLabels(classifier.head());
        this.categories = Arrays.stream(categoryLabels)
                .mapToObj(classifier.head().labels()::get)
                .toList();
    }

    /**
     * Loads a classifier's folder and hashes its weights.
     *
     * @param elementType float32 or bfloat16
     * @throws TemperException if the folder is no sequence classifier, or has no label that is a category
     */
    public static ToxicityScorer load(
            ModelFolder folder, TorchRuntime runtime, ElementType elementType, LoadProgress progress) {
        if (folder.classification().isPresent()
                && categoryLabels(folder.classification().get()).length == 0) {
            throw new TemperException(folder.path() + " has only labels that mean harmless "
                    + folder.classification().get().labels() + "; name its labels in id2label of config.json");
        }
        SequenceClassifier classifier = SequenceClassifier.load(folder, runtime, elementType, progress);
        try {
            return new ToxicityScorer(
                    folder.modelId(),
                    folder.weightsHash(),
                    classifier,
                    Tokenizer.loadTruncating(folder.path(), classifier.maxTokens()));
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    /** Places of the labels that are categories. */
    public static int[] categoryLabels(ClassificationHead head) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < head.labels().size(); i++) {
            String name = head.labels()
                    .get(i)
                    .toLowerCase(Locale.ROOT)
                    .replace('-', ' ')
                    .replace('_', ' ');
            boolean harmless = head.problem() == ClassificationHead.Problem.SINGLE_LABEL && HARMLESS.contains(name);
            if (!harmless) {
                chosen.add(i);
            }
        }
        return chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public List<Map<String, Double>> score(List<String> texts) {
        List<int[]> ids = tokenizer.encodeAll(texts, true);
        List<Map<String, Double>> scores = new ArrayList<>(Collections.nCopies(texts.size(), blank()));
        // Texts of like length are read together, so that little is padding.
        List<Integer> pending = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isBlank() && ids.get(i).length > 0) {
                pending.add(i);
            }
        }
        pending.sort(Comparator.comparingInt(i -> ids.get(i).length));
        for (int from = 0; from < pending.size(); ) {
            int to = batchEnd(pending, ids, from);
            List<Integer> batch = pending.subList(from, to);
            float[][] logits = classifier.logits(
                    batch.stream().map(i -> TypedTokens.single(ids.get(i))).toList());
            for (int i = 0; i < logits.length; i++) {
                scores.set(batch.get(i), named(classifier.head().probabilities(logits[i])));
            }
            from = to;
        }
        return scores;
    }

    /** The first text that does not fit the batch; lengths rise, so the last one counts for all. */
    private static int batchEnd(List<Integer> pending, List<int[]> ids, int from) {
        int to = from + 1;
        while (to < pending.size() && (to + 1 - from) * ids.get(pending.get(to)).length <= TOKENS_AT_ONCE) {
            to++;
        }
        return to;
    }

    private Map<String, Double> blank() {
        return named(new double[classifier.head().labels().size()]);
    }

    private Map<String, Double> named(double[] probabilities) {
        Map<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < categoryLabels.length; i++) {
            named.put(categories.get(i), probabilities[categoryLabels[i]]);
        }
        return Collections.unmodifiableMap(named);
    }

    @Override
    public List<String> categories() {
        return categories;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public void close() {
        tokenizer.close();
        classifier.close();
    }
}
