package dev.temper.runtime.lm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.Safetensors.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON header of a safetensors file token by token, so that a hostile one costs no more memory than its own
 * size, and refuses what the format forbids (the rules are those of the reference implementation's
 * {@code Metadata::validate}).
 */
final class SafetensorsHeader {
    private static final int MAX_DIMENSIONS = 16;

    private final Path file;
    private final long dataStart;
    private final long fileSize;
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsHeader(Path file, long dataStart, long fileSize) {
        this.file = file;
        this.dataStart = dataStart;
        this.fileSize = fileSize;
    }

    static Safetensors parse(Path file, byte[] header, long fileSize) {
        SafetensorsHeader state =
                new SafetensorsHeader(file, Safetensors.LENGTH_BYTES + (long) header.length, fileSize);
        try (JsonParser json = JsonSettings.JSON.getFactory().createParser(header)) {
            state.readAll(json);
        } catch (JsonProcessingException e) {
            throw invalid(
                    file,
                    "its header is not valid JSON: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        } catch (IOException e) {
            throw invalid(file, "its header cannot be decoded (" + e.getMessage() + ")", e);
        }
        return state.validated();
    }

    static TemperException invalid(Path file, String complaint) {
        return invalid(file, complaint, null);
    }

    private static TemperException invalid(Path file, String complaint, @Nullable Throwable cause) {
        String message = file + " is not a valid safetensors file: " + complaint + "; fetch it again";
        return cause == null ? new TemperException(message) : new TemperException(message, cause);
    }

    private void readAll(JsonParser json) throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "its header is no JSON object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            expect(json.nextToken(), JsonToken.START_OBJECT, "the entry " + quoted(name) + " is no object");
            if (name.equals("__metadata__")) {
                readMetadata(json);
            } else {
                tensors.add(readTensor(name, json));
            }
        }
        if (json.nextToken() != null) {
            throw invalid(file, "its header goes on after the JSON object");
        }
    }

    private void readMetadata(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING, "its metadata holds something else than texts");
            metadata.put(name, json.getText());
        }
    }

    private Tensor readTensor(String name, JsonParser json) throws IOException {
        ElementType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value, JsonToken.VALUE_STRING, "the dtype of tensor " + quoted(name) + " is no text");
                    String typeName = json.getText();
                    type = ElementType.ofSafetensorsName(typeName)
                            .orElseThrow(() -> invalid(
                                    file, "tensor " + quoted(name) + " has the unsupported dtype " + quoted(typeName)));
                }
                case "shape" -> shape = readNumbers(name, field, json);
                case "data_offsets" -> offsets = readNumbers(name, field, json);
                default -> throw invalid(file, "tensor " + quoted(name) + " has the unknown property " + quoted(field));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw invalid(file, "tensor " + quoted(name) + " lacks its dtype, shape or two data_offsets");
        }
        return checked(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private List<Long> readNumbers(String name, String field, JsonParser json) throws IOException {
        String complaint = "the " + field + " of tensor " + quoted(name) + " is no list of at most " + MAX_DIMENSIONS
                + " whole numbers of at least 0";
        expect(json.currentToken(), JsonToken.START_ARRAY, complaint);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, complaint);
            if (numbers.size() == MAX_DIMENSIONS || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw invalid(file, complaint);
            }
            long number = json.getLongValue();
            if (number < 0) {
                throw invalid(file, complaint);
            }
            numbers.add(number);
        }
        return numbers;
    }

    private Tensor checked(String name, ElementType type, List<Long> shape, long begin, long end) {
        if (begin > end || end > fileSize - dataStart) {
            throw invalid(
                    file,
                    "tensor " + quoted(name) + " lies at bytes " + begin + " to " + end + " of "
                            + (fileSize - dataStart));
        }
        long bytes = type.bytes();
        try {
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException e) {
            throw invalid(file, "the shape " + shape + " of tensor " + quoted(name) + " is larger than any memory", e);
        }
        if (bytes != end - begin) {
            throw invalid(
                    file,
                    "tensor " + quoted(name) + " of shape " + shape + " and dtype " + type.safetensorsName() + " needs "
                            + bytes + " bytes, but has " + (end - begin));
        }
        return new Tensor(name, type, shape, dataStart + begin, dataStart + end);
    }

    /** Tensors must fill the file without gap and without overlap; names differ, which the JSON parser checked. */
    private Safetensors validated() {
        tensors.sort(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end));
        Map<String, Tensor> byName = new LinkedHashMap<>();
        long reached = dataStart;
        for (Tensor tensor : tensors) {
            if (tensor.begin() != reached) {
                throw invalid(
                        file,
                        "tensor " + quoted(tensor.name())
                                + (tensor.begin() < reached
                                        ? " overlaps the one before it"
                                        : " leaves a gap before it"));
            }
            reached = tensor.end();
            byName.put(tensor.name(), tensor);
        }
        if (reached != fileSize) {
            throw invalid(file, (fileSize - reached) + " bytes at its end belong to no tensor");
        }
        return new Safetensors(
                file,
                fileSize,
                java.util.Collections.unmodifiableMap(byName),
                java.util.Collections.unmodifiableMap(metadata));
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted, String complaint) {
        if (found != wanted) {
            throw invalid(file, complaint);
        }
    }

    /** Names come from strangers: shortened, and without control characters. */
    static String quoted(String name) {
        String visible = name.codePoints()
                .limit(120)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "'" + visible + (visible.length() < name.length() ? "…" : "") + "'";
    }
}
