package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.jinja.Budget;
import dev.temper.runtime.text.jinja.JinjaException;
import dev.temper.runtime.text.jinja.JinjaTemplate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Renders a conversation as the text that a model was trained on. Immutable and thread-safe.
 *
 * <p>The template is Jinja, as {@code apply_chat_template} of transformers renders it, and sees: {@code messages},
 * {@code add_generation_prompt}, {@code tools} and {@code documents} (None unless given), and the model's special
 * tokens ({@code bos_token} and so on). Templates usually write BOS themselves: encode the text without adding special
 * tokens. A template that prints the date ({@code strftime_now}) gives another prompt tomorrow.
 *
 * <p>Templates come from strangers and run in a sandbox: see {@link dev.temper.runtime.text.jinja}.
 */
public final class ChatTemplate {

    private static final String FILE = "chat_template.jinja";
    private static final String CONFIG = "tokenizer_config.json";

    private final JinjaTemplate template;
    private final String origin;
    private final Map<String, String> specialTokens;
    private final Supplier<ZonedDateTime> now;

    private ChatTemplate(
            JinjaTemplate template, String origin, Map<String, String> specialTokens, Supplier<ZonedDateTime> now) {
        this.template = template;
        this.origin = origin;
        this.specialTokens = Map.copyOf(specialTokens);
        this.now = now;
    }

    /**
     * Reads the template of a model folder: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json} (of several named ones, {@code default}).
     *
     * @return empty when the model has none: it is not a chat model
     * @throws ChatTemplateException when the template is not valid
     * @throws TemperException when a file cannot be read
     */
    public static Optional<ChatTemplate> load(Path folder, SpecialTokens specialTokens) {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            String source = new String(TokenizerFiles.readRequired(file, ""), StandardCharsets.UTF_8);
            return Optional.of(of(source, file.toString(), specialTokens.texts(), ZonedDateTime::now));
        }
        Path config = folder.resolve(CONFIG);
        return inConfig(config, TokenizerFiles.readOptionalJson(config).path("chat_template"))
                .map(source -> of(source, config.toString(), specialTokens.texts(), ZonedDateTime::now));
    }

    /**
     * A template from its source.
     *
     * @param origin where the source is from, for error messages
     * @param specialTokens variables that the template sees, {@code bos_token} for one
     * @param now the local time that {@code strftime_now} shows
     * @throws ChatTemplateException when the template is not valid
     */
    public static ChatTemplate of(
            String source, String origin, Map<String, String> specialTokens, Supplier<ZonedDateTime> now) {
        try {
            return new ChatTemplate(JinjaTemplate.parse(source), origin, specialTokens, now);
        } catch (JinjaException e) {
            throw new ChatTemplateException(
                    "The chat template in " + origin + " cannot be used (" + e.getMessage()
                            + "); fetch it again, or put a corrected one into " + FILE + " beside it",
                    e);
        }
    }

    /** @see #render(List, boolean, Map) */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return render(messages, addGenerationPrompt, Map.of());
    }

    /**
     * The conversation as text.
     *
     * @param addGenerationPrompt whether the text ends where the assistant's next message begins
     * @param variables more variables, or others in the place of those above: {@code tools}, {@code date_string}; texts,
     *     numbers, truth values, null, and lists and maps of them
     * @throws ChatTemplateException when the template refuses the conversation, does not fit it, or exceeds its limits
     */
    public String render(
            List<ChatMessage> messages,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        List<Map<String, Object>> shown = new ArrayList<>(messages.size());
        for (ChatMessage message : messages) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("role", message.role().templateName());
            fields.put("content", message.content());
            shown.add(fields);
        }
        return renderFields(shown, addGenerationPrompt, variables);
    }

    /** As {@link #render}, for messages with other roles and fields than {@link ChatMessage} has. */
    String renderFields(
            List<? extends Map<String, ? extends @Nullable Object>> messages,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        Map<String, @Nullable Object> all = new HashMap<>(specialTokens);
        all.put("messages", messages);
        all.put("add_generation_prompt", addGenerationPrompt);
        all.put("tools", null);
        all.put("documents", null);
        all.putAll(variables);
        try {
            return template.render(all, now, new Budget(Budget.DEFAULT_WORK, Budget.DEFAULT_OUTPUT));
        } catch (JinjaException e) {
            throw new ChatTemplateException(
                    switch (e.kind()) {
                        case RAISED -> "The model's chat template refuses the conversation: " + e.getMessage();
                        case LIMIT -> "The chat template in " + origin + " exceeds its limits: " + e.getMessage();
                        case SYNTAX, EVALUATION ->
                            "The chat template in " + origin + " does not fit the conversation: " + e.getMessage();
                    },
                    e);
        }
    }

    private static Optional<String> inConfig(Path config, JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        } else if (node.isTextual()) {
            return Optional.of(node.asText());
        }
        for (JsonNode named : node) {
            boolean chosen = node.size() == 1 || named.path("name").asText().equals("default");
            if (chosen && named.path("template").isTextual()) {
                return Optional.of(named.path("template").asText());
            }
        }
        throw new ChatTemplateException(config + " has a chat_template that is neither text nor a list with one named"
                + " \"default\"; correct it, or put the template into " + FILE + " beside it");
    }
}
