package dev.temper.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Files of prompts. A line is {@code {"id", "text"}} or {@code {"id", "messages": [{"role", "content"}, …]}}, or a labelled
 * row with {@code "context"} whose context is the prompt; other fields can choose rows and group them, and are passed over
 * else.
 */
public final class PromptFile {

    /** What a line's {@code text} is. */
    public enum TextAs {
        /** Text that the model continues, without a chat template: the form of RealToxicityPrompts. */
        PLAIN,
        /** A user's message that the assistant answers. */
        USER_MESSAGE,
        /** An answer that was given to the line's {@code context}; this is the user's message, and the text is not read. */
        ANSWER_TO_CONTEXT
    }

    private PromptFile() {}

    /**
     * Gives every prompt to the consumer, in order, one at a time, without a group.
     *
     * @return the file's hash and number of rows
     * @throws TemperException with file and line, at the first row that is not of this form or repeats an id
     */
    public static DataFile read(Path file, TextAs textAs, Consumer<PromptRow> consumer) {
        return read(file, textAs, RowFilter.ALL, Optional.empty(), consumer);
    }

    /**
     * Gives the prompts of the rows that count to the consumer, in order, one at a time.
     *
     * @param groupBy the field whose value is the group; dots lead into objects; a row without it is in no group
     * @return the file's hash and number of all rows
     * @throws TemperException with file and line, at the first row that is not of this form or repeats an id
     */
    public static DataFile read(
            Path file, TextAs textAs, RowFilter filter, Optional<String> groupBy, Consumer<PromptRow> consumer) {
        Set<String> ids = new HashSet<>();
        return JsonLines.read(file, row -> {
            String id = row.requiredText("id");
            if (id.isBlank()) {
                throw row.bad("has a blank \"id\"");
            }
            if (!ids.add(id)) {
                throw row.bad("repeats the id of an earlier line");
            }
            Prompt prompt = prompt(row, textAs);
            if (filter.accepts(row.node())) {
                consumer.accept(new PromptRow(
                        id, prompt, groupBy.map(field -> group(row, field)).orElse("")));
            }
        });
    }

    private static String group(JsonRow row, String field) {
        JsonNode value = RowFilter.field(row.node(), field);
        if (value.isContainerNode()) {
            throw row.bad("has a field \"" + field + "\" that is no value, so it names no group");
        }
        return value.isNull() ? "" : value.asText();
    }

    private static Prompt prompt(JsonRow row, TextAs textAs) {
        if (row.has("messages")) {
            return new Prompt.Chat(messages(row));
        }
        if (textAs == TextAs.ANSWER_TO_CONTEXT) {
            return message(row.requiredText("context"));
        }
        if (!row.has("text")) {
            throw row.bad("has neither \"text\" nor \"messages\"");
        }
        String text = row.requiredText("text");
        return textAs == TextAs.PLAIN ? new Prompt.Plain(text) : message(text);
    }

    private static Prompt message(String text) {
        return new Prompt.Chat(List.of(new ChatMessage(Role.USER, text)));
    }

    private static List<ChatMessage> messages(JsonRow row) {
        JsonNode list = row.node().get("messages");
        if (!list.isArray() || list.isEmpty()) {
            throw row.bad("needs \"messages\" to be a list with at least one message");
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode message : list) {
            JsonNode role = message.path("role");
            JsonNode content = message.path("content");
            if (!role.isTextual() || !content.isTextual()) {
                throw row.bad("has a message without the texts \"role\" and \"content\"");
            }
            messages.add(new ChatMessage(role(row, role.textValue()), content.textValue()));
        }
        if (messages.get(messages.size() - 1).role() != Role.USER) {
            throw row.bad("has messages whose last is not the user's, so there is nothing to answer");
        }
        return messages;
    }

    private static Role role(JsonRow row, String name) {
        return Arrays.stream(Role.values())
                .filter(role -> role.templateName().equals(name))
                .findFirst()
                .orElseThrow(() -> row.bad("has a message whose role is not system, user or assistant"));
    }
}
