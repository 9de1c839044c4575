package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.torch.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Saves trained weights as a Hugging Face folder that this runtime and transformers load: {@code model.safetensors} with
 * the published names and shapes, and the settings and tokenizer of the model that training started from. A folder
 * appears whole or not at all; the same weights give the same bytes.
 */
public final class CheckpointWriter {
    /** Elements fetched from the device at once. */
    private static final long CHUNK_ELEMENTS = 4 << 20;

    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "tokenizer.model",
            "vocab.json",
            "merges.txt");

    private CheckpointWriter() {}

    /**
     * Saves a causal language model.
     *
     * @param target the folder; one that holds a model already is replaced, one with anything else is refused
     * @param base the folder that training started from
     * @param weights in the order of the base's {@link ModelFolder#weightPlan()}
     * @param storeAs float32 or bfloat16
     * @param manifest what {@code temper.json} is to say
     */
    public static void writeCausalLm(
            Path target, ModelFolder base, List<NDArray> weights, ElementType storeAs, ObjectNode manifest) {
        base.require(ModelKind.CAUSAL_LM);
        ObjectNode config = configOf(base, storeAs);
        List<String> copied = new ArrayList<>(TOKENIZER_FILES);
        copied.add("generation_config.json");
        write(target, base, copied, config, base.weightPlan(), weights, storeAs, manifest);
    }

    /**
     * Saves a causal language model with fewer layers than its base and an output layer of its own.
     *
     * @param weights in the order of {@link LlamaWeights#plan} for {@link LlamaConfig#shortened}
     * @see #writeCausalLm
     */
    public static void writeShortened(
            Path target,
            ModelFolder base,
            int layers,
            List<NDArray> weights,
            ElementType storeAs,
            ObjectNode manifest) {
        ObjectNode config = configOf(base, storeAs);
        config.put("num_hidden_layers", layers);
        config.put("tie_word_embeddings", false);
        WeightPlan plan = LlamaWeights.plan(base.llama().shortened(layers));
        write(target, base, TOKENIZER_FILES, config, plan, weights, storeAs, manifest);
    }

    /**
     * Saves a sequence classifier.
     *
     * @param base the folder that training started from, of either kind
     * @param weights in the order of {@link LlamaWeights#classifierPlan}
     * @see #writeCausalLm
     */
    public static void writeClassifier(
            Path target,
            ModelFolder base,
            ClassificationHead head,
            List<NDArray> weights,
            ElementType storeAs,
            ObjectNode manifest) {
        LlamaConfig llama = base.llama();
        ObjectNode config = configOf(base, storeAs);
        config.putArray("architectures").add("LlamaForSequenceClassification");
        ObjectNode names = config.putObject("id2label");
        ObjectNode ids = config.putObject("label2id");
        for (int i = 0; i < head.labels().size(); i++) {
            names.put(String.valueOf(i), head.labels().get(i));
            ids.put(head.labels().get(i), i);
        }
        config.put("problem_type", head.problem().configName());
        if (!config.hasNonNull("pad_token_id")) {
            // Without one, the reference does not classify more than one text at a time.
            int pad = base.generation()
                    .padId()
                    .orElseGet(
                            () -> llama.eosIds().isEmpty() ? 0 : llama.eosIds().get(0));
            config.put("pad_token_id", pad);
        }
        WeightPlan plan = LlamaWeights.classifierPlan(llama, head.labels().size());
        write(target, base, TOKENIZER_FILES, config, plan, weights, storeAs, manifest);
    }

    private static ObjectNode configOf(ModelFolder base, ElementType storeAs) {
        Path file = base.path().resolve("config.json");
        ObjectNode config =
                JsonSettings.read(file, ModelFolder.MAX_CONFIG_BYTES, "").node().deepCopy();
        config.put(config.has("dtype") ? "dtype" : "torch_dtype", storeAs.torchName());
        return config;
    }

    private static void write(
            Path target,
            ModelFolder base,
            List<String> copied,
            ObjectNode config,
            WeightPlan plan,
            List<NDArray> weights,
            ElementType storeAs,
            ObjectNode manifest) {
        Path wanted = target.toAbsolutePath().normalize();
        refuseForeignFolder(wanted);
        Path unfinished = wanted.resolveSibling(wanted.getFileName() + ".unfinished");
        try {
            deleteTree(unfinished);
            Files.createDirectories(unfinished);
            for (String name : copied) {
                if (Files.exists(base.path().resolve(name))) {
                    Files.copy(base.path().resolve(name), unfinished.resolve(name));
                }
            }
            writeJson(unfinished.resolve("config.json"), config);
            writeJson(unfinished.resolve(TemperManifest.FILE), manifest);
            writeWeights(unfinished.resolve("model.safetensors"), plan, weights, storeAs);
            replace(wanted, unfinished);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot save a model in " + wanted + " (" + e + "); check the disk's space and permissions", e);
        }
    }

    private static void refuseForeignFolder(Path target) {
        if (!Files.exists(target) || Files.exists(target.resolve("config.json"))) {
            return;
        }
        boolean empty = Files.isDirectory(target)
                && Optional.ofNullable(target.toFile().list())
                        .map(names -> names.length == 0)
                        .orElse(false);
        if (!empty) {
            throw new TemperException(target + " exists and holds no model; name another folder to save the model in");
        }
    }

    private static void writeJson(Path file, ObjectNode content) throws IOException {
        Files.writeString(
                file, JsonSettings.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
    }

    /** A crash between the two moves leaves the old folder under another name, and the new one whole. */
    private static void replace(Path target, Path finished) throws IOException {
        Path old = target.resolveSibling(target.getFileName() + ".old");
        deleteTree(old);
        if (Files.exists(target)) {
            Files.move(target, old);
        }
        Files.move(finished, target);
        deleteTree(old);
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (java.util.stream.Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * Writes one safetensors file: each weight is split into the stored tensors of its slot; a shared one is left out.
     *
     * @param weights one for each slot, on any device, of any floating type
     * @param storeAs float32 or bfloat16
     */
    public static void writeWeights(Path file, WeightPlan plan, List<NDArray> weights, ElementType storeAs)
            throws IOException {
        if (weights.size() != plan.slots().size()) {
            throw new IllegalArgumentException(
                    weights.size() + " weights for a plan of " + plan.slots().size());
        }
        List<SafetensorsWriter.Declared> declared = plan.parts().stream()
                .map(part -> new SafetensorsWriter.Declared(part.name(), storeAs, part.shape()))
                .toList();
        try (NDManager scope = weights.get(0).getManager().newSubManager()) {
            Script script = Script.compile(scope, List.of(), "lm/weights.py");
            SafetensorsWriter writer = new SafetensorsWriter(file, declared, Map.of("format", "pt"));
            try (writer) {
                for (int i = 0; i < weights.size(); i++) {
                    if (plan.slots().get(i) instanceof Stored stored) {
                        writeSlot(writer, script, scope, stored, weights.get(i), storeAs);
                    }
                }
            }
        }
    }

    private static void writeSlot(
            SafetensorsWriter writer,
            Script script,
            NDManager scope,
            Stored stored,
            NDArray weight,
            ElementType storeAs)
            throws IOException {
        List<Long> shape =
                java.util.Arrays.stream(weight.getShape().getShape()).boxed().toList();
        if (!shape.equals(stored.shape())) {
            throw new IllegalArgumentException("the weight of "
                    + stored.parts().get(0).name() + " has shape " + shape + ", not " + stored.shape());
        }
        long row = 0;
        for (Part part : stored.parts()) {
            long rowsAtOnce = Math.max(1, CHUNK_ELEMENTS / part.rowElements());
            long end = row + part.rows();
            while (row < end) {
                long rows = Math.min(rowsAtOnce, end - row);
                try (NDArray chunk = script.call(scope, "rows_as_float32", weight, row, rows)) {
                    writer.write(part.name(), chunk.toFloatArray(), storeAs);
                }
                row += rows;
            }
        }
    }
}
