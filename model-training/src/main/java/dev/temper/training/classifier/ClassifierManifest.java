package dev.temper.training.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.classifier.ClassifierReport.FileReport;
import dev.temper.training.data.HeldOutSplit;

/** What {@code temper.json} of a trained classifier says, and what tells one training from another. */
final class ClassifierManifest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ClassifierManifest() {}

    /** Base, data and settings: what the course of a training depends on. */
    static String fingerprint(ModelFolder base, TrainingData data, ClassifierSettings settings) {
        ObjectNode all = JSON.createObjectNode()
                .put("base", base.weightsHash())
                .put("settings", settings.toString())
                .put("training_rows", data.training().size());
        data.sources().forEach(source -> all.withArray("data").add(source.file().sha256()));
        return all.toString();
    }

    static ObjectNode of(ModelFolder base, TrainingData data, ClassifierSettings settings, ClassifierReport report) {
        ObjectNode manifest = JSON.createObjectNode().put("kind", "scorer").put("base", base.modelId());
        ObjectNode provenance = manifest.putObject("provenance");
        provenance.put("command", "train-classifier").put("base_sha256", base.weightsHash());
        settings(provenance.putObject("settings"), settings);
        provenance
                .put("training_rows", report.trainingRows())
                .put("steps", report.steps())
                .put("best_step", report.bestStep())
                .put(
                        "held_out_rule",
                        "first byte of SHA-256 of the UTF-8 text, modulo " + HeldOutSplit.ONE_IN + ", is 0");
        for (FileReport file : report.files()) {
            describe(provenance.withArray("data").addObject(), file);
        }
        return manifest;
    }

    private static void settings(ObjectNode node, ClassifierSettings s) {
        node.put("max_tokens", s.maxTokens())
                .put("batch_size", s.batchSize())
                .put("epochs", s.epochs())
                .put("learning_rate", s.learningRate())
                .put("warmup_share", s.warmupShare())
                .put("beta1", s.optimizer().beta1())
                .put("beta2", s.optimizer().beta2())
                .put("weight_decay", s.optimizer().weightDecay())
                .put("max_gradient_norm", s.optimizer().maxGradientNorm())
                .put("precision", s.computeType().torchName())
                .put("seed", s.seed());
    }

    private static void describe(ObjectNode node, FileReport file) {
        node.put("file", file.name())
                .put("sha256", file.sha256())
                .put("rows", file.rows())
                .put("held_out", file.heldOut())
                .put("held_out_toxic", file.toxic());
        put(node, "roc_auc", file.rocAuc().value());
        put(node, "roc_auc_low", file.rocAuc().low());
        put(node, "roc_auc_high", file.rocAuc().high());
        put(node, "average_precision", file.averagePrecision());
        put(node, "recall_at_0.5", file.recall());
        put(node, "false_alarms_at_0.5", file.falseAlarms());
    }

    /** JSON has no NaN: what the rows cannot tell is left out. */
    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        }
    }
}
