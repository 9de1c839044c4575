package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.ModelFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A copy of a bfloat16 checkpoint with numbers in it that are none. */
final class DamagedCheckpoint {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final byte[] NAN = {(byte) 0xC0, 0x7F};
    private static final byte[] INFINITY = {(byte) 0x80, 0x7F};

    private final Path folder;
    private ObjectNode header;
    private byte[] data;

    private DamagedCheckpoint(Path model, Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights())).order(ByteOrder.LITTLE_ENDIAN);
        byte[] json = new byte[(int) bytes.getLong()];
        bytes.get(json);
        header = (ObjectNode) JSON.readTree(json);
        data = new byte[bytes.remaining()];
        bytes.get(data);
    }

    private Path weights() {
        return folder.resolve("model.safetensors");
    }

    /** The embeddings of some tokens are NaN; the head, which was tied to them, is a tensor of its own and well. */
    static Path withoutEmbeddings(Path model, Path folder, Set<Integer> tokens) throws IOException {
        DamagedCheckpoint copy = new DamagedCheckpoint(model, folder);
        int begin = copy.offset(EMBEDDING, 0);
        int end = copy.offset(EMBEDDING, 1);
        ObjectNode head = copy.header.get(EMBEDDING).deepCopy();
        head.putArray("data_offsets").add(copy.data.length).add(copy.data.length + end - begin);
        copy.header.set("lm_head.weight", head);
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.writeBytes(copy.data);
        longer.write(copy.data, begin, end - begin);
        copy.data = longer.toByteArray();
        int row = NAN.length * copy.header.get(EMBEDDING).get("shape").get(1).asInt();
        tokens.forEach(token -> copy.fill(begin + token * row, begin + (token + 1) * row, NAN));
        copy.write();
        replace(folder.resolve("config.json"), "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false");
        return folder;
    }

    /** All of a tensor is infinite. */
    static Path withInfinite(String tensor, Path model, Path folder) throws IOException {
        DamagedCheckpoint copy = new DamagedCheckpoint(model, folder);
        copy.fill(copy.offset(tensor, 0), copy.offset(tensor, 1), INFINITY);
        copy.write();
        return folder;
    }

    /** Subspaces name the weights that they belong to. */
    static void adopt(Path subspace, Path folder) throws IOException {
        JsonNode read = JSON.readTree(subspace.toFile());
        replace(
                subspace,
                read.get("modelHash").asText(),
                ModelFolder.open(folder).weightsHash());
    }

    private int offset(String tensor, int which) {
        return header.get(tensor).get("data_offsets").get(which).asInt();
    }

    private void fill(int from, int to, byte[] number) {
        for (int at = from; at < to; at++) {
            data[at] = number[(at - from) % number.length];
        }
    }

    private void write() throws IOException {
        String json = JSON.writeValueAsString(header);
        byte[] padded = (json + " ".repeat(Math.floorMod(-json.length(), Long.BYTES))).getBytes(UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + padded.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded.length)
                .put(padded)
                .put(data);
        Files.write(weights(), bytes.array());
    }

    private static void replace(Path file, String what, String with) throws IOException {
        String text = Files.readString(file);
        if (!text.contains(what)) {
            throw new IllegalStateException(file + " does not hold " + List.of(what));
        }
        Files.writeString(file, text.replace(what, with));
    }
}
