package dev.temper.sandbox.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.sandbox.traffic.SamplePrompt.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Reads prompts from JSON lines: {@code {"id": …, "conversation": …, "messages": [{"role": …, "content": …}, …],
 * "kind": "innocent|edgy|provocative"}}. The conversation may be left out, and is then the id; so may the kind.
 */
public final class SamplePrompts {
    private static final String BUNDLED = "prompts.jsonl";

    private SamplePrompts() {}

    /** The prompts that come with this module, written for it. */
    public static List<SamplePrompt> bundled() {
        InputStream resource = Objects.requireNonNull(SamplePrompts.class.getResourceAsStream(BUNDLED), BUNDLED);
        try (Reader reader = new InputStreamReader(resource, StandardCharsets.UTF_8)) {
            return read(reader, BUNDLED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The prompts of a file.
     *
     * @throws TemperException when the file is missing, empty or unreadable, naming the line but never its text
     */
    public static List<SamplePrompt> read(Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            return read(reader, file.toString());
        } catch (NoSuchFileException e) {
            throw new TemperException("There is no prompts file " + file + ": check the path", e);
        } catch (IOException e) {
            throw new TemperException(
                    "The prompts file " + file + " cannot be read as UTF-8 text: " + e.getMessage(), e);
        }
    }

    private static List<SamplePrompt> read(Reader reader, String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<SamplePrompt> prompts = new ArrayList<>();
        Map<String, Integer> lineById = new HashMap<>();
        BufferedReader lines = new BufferedReader(reader);
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            SamplePrompt prompt = parse(json, line, name, number);
            Integer earlier = lineById.put(prompt.id(), number);
            if (earlier != null) {
                throw bad(name, number, "its id stands on line " + earlier + " already; ids must be unique");
            }
            prompts.add(prompt);
        }
        if (prompts.isEmpty()) {
            throw new TemperException("The prompts file " + name + " holds no prompt: give it one JSON object a line");
        }
        return List.copyOf(prompts);
    }

    private static SamplePrompt parse(ObjectMapper json, String line, String name, int number) {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException e) {
            // The parser's own message quotes the line.
            throw bad(name, number, "it is not JSON");
        }
        try {
            String id = text(node, "id");
            return new SamplePrompt(
                    id, node.has("conversation") ? text(node, "conversation") : id, messages(node), kind(node));
        } catch (IllegalArgumentException e) {
            throw bad(name, number, String.valueOf(e.getMessage()));
        }
    }

    private static List<ChatMessage> messages(JsonNode node) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode message : node.path("messages")) {
            messages.add(new ChatMessage(role(text(message, "role")), text(message, "content")));
        }
        return messages;
    }

    private static ChatMessage.Role role(String name) {
        for (ChatMessage.Role role : ChatMessage.Role.values()) {
            if (role.templateName().equals(name)) {
                return role;
            }
        }
        throw new IllegalArgumentException("a role must be system, user or assistant");
    }

    private static Kind kind(JsonNode node) {
        if (!node.has("kind")) {
            return Kind.UNKNOWN;
        }
        String name = text(node, "kind").toUpperCase(Locale.ROOT);
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("the kind must be innocent, edgy or provocative");
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("it needs a text field \"" + field + "\"");
        }
        return value.asText();
    }

    private static TemperException bad(String name, int line, String why) {
        return new TemperException("Line " + line + " of the prompts file " + name + " cannot be used: " + why);
    }
}
