package dev.temper.app.topology;

import static dev.temper.schemas.event.RejectReason.INVALID_PARAMETERS;
import static dev.temper.schemas.event.RejectReason.INVALID_PROMPT;
import static dev.temper.schemas.event.RejectReason.MISSING_VALUE;
import static dev.temper.schemas.event.RejectReason.RECORD_TOO_LARGE;

import dev.temper.app.topology.PromptReading.Accepted;
import dev.temper.app.topology.PromptReading.Refused;
import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From a prompt's bytes to a request for the engine, or the reason why not. Stateless but for its settings. */
final class PromptReader {
    /** Longest name (id, tenant) in characters: names stand in every event and in rejects' headers. */
    static final int MAX_NAME_CHARACTERS = 256;

    /** Largest key: it stands in every event besides, as text. */
    static final int MAX_KEY_BYTES = 4096;

    private final EventCodec codec;
    private final RequestDefaults defaults;

    PromptReader(EventCodec codec, RequestDefaults defaults) {
        this.codec = codec;
        this.defaults = defaults;
    }

    /** @throws RegistryOutageException if the registry is needed and away; nothing is decided then */
    PromptReading read(InboxEntry entry) {
        if (entry.isCut()) {
            return refused(
                    RECORD_TOO_LARGE,
                    Stage.VALIDATION,
                    "the record has " + entry.cutFrom()
                            + " bytes, more than limits.max_record_bytes; shorten it. This record holds only the part that fits");
        }
        byte[] key = entry.key();
        if (key != null && key.length > MAX_KEY_BYTES) {
            return refused(
                    RECORD_TOO_LARGE,
                    Stage.VALIDATION,
                    "the key has " + key.length + " bytes; a conversation's id may have " + MAX_KEY_BYTES);
        }
        byte[] value = entry.value();
        if (value == null) {
            return refused(MISSING_VALUE, Stage.DESERIALIZATION, "the record has no value; send a PromptEvent");
        }
        EventCodec.Decoded decoded = codec.read(entry.origin().topic(), value);
        if (decoded instanceof EventCodec.Decoded.Unreadable bad) {
            return new Refused(new Rejection(null, bad.reason(), Stage.DESERIALIZATION, bad.detail(), bad.cause()));
        }
        PromptEvent event = ((EventCodec.Decoded.Prompt) decoded).event();
        try {
            return new Accepted(event, request(entry.origin(), event));
        } catch (InvalidPromptException e) {
            return new Refused(new Rejection(event, e.reason, Stage.VALIDATION, e.detail, null));
        }
    }

    private static Refused refused(RejectReason reason, Stage stage, String detail) {
        return new Refused(new Rejection(null, reason, stage, detail, null));
    }

    private GenerationRequest request(Origin origin, PromptEvent event) {
        requireName("id", event.getId());
        requireName("tenant", event.getTenant());
        RequestedParameters asked = event.getParameters();
        if (asked != null && asked.getDeadlineMs() != null && asked.getDeadlineMs() < 1) {
            throw new InvalidPromptException(
                    INVALID_PARAMETERS, "deadline_ms must be at least 1, not " + asked.getDeadlineMs());
        }
        return new GenerationRequest(
                origin.toString(),
                prompt(event),
                decoding(asked),
                guidance(asked),
                asked == null || asked.getSeed() == null ? origin.seed() : asked.getSeed(),
                defaults.overflow(),
                null);
    }

    private static void requireName(String field, @Nullable String name) {
        if (name != null && name.length() > MAX_NAME_CHARACTERS) {
            throw invalid("the " + field + " has " + name.length() + " characters; it may have " + MAX_NAME_CHARACTERS);
        }
    }

    private static Prompt prompt(PromptEvent event) {
        String plain = event.getPrompt();
        List<Message> messages = event.getMessages();
        if (plain != null && !messages.isEmpty()) {
            throw invalid("both messages and prompt are given; give one of them");
        }
        if (plain != null) {
            if (plain.isBlank()) {
                throw invalid("the prompt is blank; give it text");
            }
            return new Prompt.Plain(plain);
        }
        if (messages.isEmpty()) {
            throw invalid("neither messages nor prompt are given; give one of them");
        }
        return conversation(messages);
    }

    /** An optional system message first; then user and assistant in turn; the user last. */
    private static Prompt.Chat conversation(List<Message> messages) {
        List<ChatMessage> chat = new ArrayList<>(messages.size());
        ChatMessage.Role expected = ChatMessage.Role.USER;
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            String place = "message " + (i + 1) + " of " + messages.size();
            ChatMessage.Role role = role(message.getRole(), place);
            if (message.getContent().isBlank()) {
                throw invalid(place + " is blank; give it text or leave it out");
            }
            if (role == ChatMessage.Role.SYSTEM) {
                if (i > 0) {
                    throw invalid(place + " has the role SYSTEM, which only the first message may have");
                }
            } else if (role != expected) {
                throw invalid(place + " has the role " + role + " where " + expected
                        + " is due; user and assistant speak in turn, the user first");
            } else {
                expected = role == ChatMessage.Role.USER ? ChatMessage.Role.ASSISTANT : ChatMessage.Role.USER;
            }
            chat.add(new ChatMessage(role, message.getContent()));
        }
        if (chat.get(chat.size() - 1).role() != ChatMessage.Role.USER) {
            throw invalid("the conversation does not end with a message of the user; there is nothing to answer");
        }
        return new Prompt.Chat(chat);
    }

    private static ChatMessage.Role role(Role role, String place) {
        return switch (role) {
            case SYSTEM -> ChatMessage.Role.SYSTEM;
            case USER -> ChatMessage.Role.USER;
            case ASSISTANT -> ChatMessage.Role.ASSISTANT;
            case UNKNOWN -> throw invalid(place + " has an unknown role; use SYSTEM, USER or ASSISTANT");
        };
    }

    private DecodingParameters decoding(@Nullable RequestedParameters asked) {
        try {
            return defaults.decoding(asked);
        } catch (IllegalArgumentException e) {
            throw new InvalidPromptException(INVALID_PARAMETERS, String.valueOf(e.getMessage()));
        }
    }

    private GuidanceParameters guidance(@Nullable RequestedParameters asked) {
        try {
            return defaults.guidance(asked);
        } catch (IllegalArgumentException e) {
            throw new InvalidPromptException(INVALID_PARAMETERS, String.valueOf(e.getMessage()));
        }
    }

    private static InvalidPromptException invalid(String detail) {
        return new InvalidPromptException(INVALID_PROMPT, detail);
    }

    /** Leaves the depths of a prompt's validation; never leaves this class. */
    private static final class InvalidPromptException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final RejectReason reason;
        private final String detail;

        InvalidPromptException(RejectReason reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
            this.detail = detail;
        }
    }
}
