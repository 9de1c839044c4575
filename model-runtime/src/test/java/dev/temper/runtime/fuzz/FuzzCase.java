package dev.temper.runtime.fuzz;

import dev.temper.runtime.lm.Goldens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * One damaged file of a model folder. The same seed and index give the same case.
 *
 * @param golden the folder that is damaged
 * @param file the file in it
 * @param content what the file then holds
 */
record FuzzCase(String golden, String file, byte[] content) {
    /** Folders of every family; files of other families than language models have fewer kinds. */
    private static final List<String> FOLDERS = List.of(
            "models/llama2",
            "models/llama31",
            "models/llama32",
            "models/mistral",
            "models/qwen2",
            "models/gpt2",
            "models/gpt_neox",
            "models/falcon7b",
            "models/falcon40b",
            "models/opt",
            "models/opt350m",
            "classifiers/llama_cls",
            "classifiers/bert_multilabel",
            "classifiers/roberta",
            "classifiers/distilbert");

    private static final int LENGTH_BYTES = 8;

    static FuzzCase of(long seed, int index, Path copies) throws IOException {
        Random random = new Random((seed << 32 | index) * 0x9E3779B97F4A7C15L); // neighbours must not be alike
        String golden = FOLDERS.get(random.nextInt(FOLDERS.size()));
        Path folder = copies.resolve(golden);
        if (!Files.exists(folder)) {
            Goldens.copy(golden, folder);
        }
        Path file = choose(folder, random);
        byte[] content = Files.readAllBytes(file);
        boolean weights = file.toString().endsWith(".safetensors");
        byte[] mutated =
                switch (random.nextInt(3)) {
                    case 0 -> bytes(content, weights ? headerEnd(content) : content.length, random);
                    default ->
                        weights
                                ? header(content, random)
                                : file.toString().endsWith(".json")
                                        ? JsonMutation.mutate(content, random)
                                        : bytes(content, content.length, random);
                };
        return new FuzzCase(golden, file.getFileName().toString(), mutated);
    }

    /** A third of the cases each: settings, tokenizers, weights. */
    private static Path choose(Path folder, Random random) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        String kind = List.of("config.json", "token", "model").get(random.nextInt(3));
        List<Path> chosen = files.stream()
                .filter(file -> {
                    String name = file.getFileName().toString();
                    return kind.equals("config.json")
                            ? name.equals(kind) || name.equals("generation_config.json")
                            : name.startsWith(kind) && !name.endsWith(".model")
                                    || kind.equals("token") && (name.startsWith("special") || name.endsWith(".jinja"));
                })
                .toList();
        Path tokenizer = folder.resolve("tokenizer.json");
        return kind.equals("token") && random.nextBoolean() ? tokenizer : chosen.get(random.nextInt(chosen.size()));
    }

    private static int headerEnd(byte[] weights) {
        return LENGTH_BYTES
                + (int) ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** Single bytes changed before {@code end}, or the end cut off. */
    private static byte[] bytes(byte[] original, int end, Random random) {
        byte[] bytes = original.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(Math.max(1, Math.min(end, bytes.length)));
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "0:{}[]\",19x \u00ff".charAt(random.nextInt(13));
                case 2 -> bytes[at] = (byte) ('0' + random.nextInt(10));
                default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
            }
        }
        return bytes;
    }

    /** A header that is JSON, of the right length, and lies. */
    private static byte[] header(byte[] original, Random random) throws IOException {
        int end = headerEnd(original);
        byte[] header = JsonMutation.mutate(Arrays.copyOfRange(original, LENGTH_BYTES, end), random);
        ByteBuffer file = ByteBuffer.allocate(LENGTH_BYTES + header.length + original.length - end)
                .order(ByteOrder.LITTLE_ENDIAN);
        return file.putLong(header.length)
                .put(header)
                .put(original, end, original.length - end)
                .array();
    }
}
