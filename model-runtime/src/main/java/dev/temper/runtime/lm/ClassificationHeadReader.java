package dev.temper.runtime.lm;

import dev.temper.runtime.lm.ClassificationHead.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads labels and problem type of a sequence classifier from {@code config.json}. */
final class ClassificationHeadReader {
    private static final int MAX_LABELS = 65_536;

    private ClassificationHeadReader() {}

    static ClassificationHead read(JsonSettings config) {
        List<String> labels = labels(config);
        try {
            return new ClassificationHead(labels, problem(config, labels.size()));
        } catch (IllegalArgumentException e) {
            throw config.wrong(e);
        }
    }

    /** Names from {@code id2label}; without it {@code LABEL_0 …} for {@code num_labels}, which is 2 by default. */
    private static List<String> labels(JsonSettings config) {
        Optional<JsonSettings> names = config.object("id2label");
        int count = names.map(object -> object.node().size()).orElseGet(() -> config.integer("num_labels", 2));
        if (count < 1 || count > MAX_LABELS) {
            throw config.wrong("id2label", "must have 1 to " + MAX_LABELS + " labels, not " + count);
        }
        List<String> labels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String id = String.valueOf(i);
            String fallback = "LABEL_" + id;
            labels.add(names.map(object -> object.text(id)
                            .orElseThrow(() -> config.wrong("id2label", "has no label for output " + id)))
                    .orElse(fallback));
        }
        return labels;
    }

    private static Problem problem(JsonSettings config, int labels) {
        Optional<String> name = config.text("problem_type");
        if (name.isPresent() && name.get().equals("regression")) {
            throw config.unsupported(
                    "problem_type",
                    "regression",
                    "single_label_classification,"
                            + " multi_label_classification (a regression's output is no probability)");
        }
        if (name.isPresent()
                && !name.get().equals(Problem.SINGLE_LABEL.configName())
                && !name.get().equals(Problem.MULTI_LABEL.configName())) {
            throw config.unsupported(
                    "problem_type", name.get(), "single_label_classification, multi_label_classification");
        }
        boolean multi = labels == 1
                || name.filter(Problem.MULTI_LABEL.configName()::equals).isPresent();
        return multi ? Problem.MULTI_LABEL : Problem.SINGLE_LABEL;
    }
}
