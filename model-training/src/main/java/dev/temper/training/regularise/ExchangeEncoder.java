package dev.temper.training.regularise;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.ChatTemplate;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.decoder.TokenSequence;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A user's message and the assistant's answer as the served model would see and write them: the prompt's tokens, then the
 * answer's with what the template puts behind it. Only the answer is predicted.
 */
final class ExchangeEncoder {
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final PromptEncoder prompts;
    private final int maxTokens;

    /** @param maxTokens of prompt and answer together; either may take half, and more where the other leaves room */
    ExchangeEncoder(Tokenizer tokenizer, ChatTemplate template, int maxTokens) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.prompts = new PromptEncoder(tokenizer, Optional.of(template));
        this.maxTokens = maxTokens;
    }

    /**
     * Encodes; a message that is too long loses its beginning, an answer its end.
     *
     * @return empty when the template itself leaves no room for the message
     */
    Optional<TokenSequence> encode(String message, String answer) {
        ChatMessage user = new ChatMessage(Role.USER, message);
        String asked = template.render(List.of(user), true);
        String answered = template.render(List.of(user, new ChatMessage(Role.ASSISTANT, answer)), false);
        if (!answered.startsWith(asked)) {
            throw new TemperException(
                    "the chat template does not write an answer behind the prompt that asks for it, so"
                            + " exchanges cannot be rendered; use dialogues");
        }
        int[] tail = tokenizer.encode(answered.substring(asked.length()), false);
        int room = maxTokens - Math.min(tail.length, maxTokens / 2);
        if (tail.length == 0
                || !(prompts.encodeTruncating(new Prompt.Chat(List.of(user)), room)
                        instanceof EncodedPrompt.Fitting prompt)) {
            return Optional.empty();
        }
        int[] ids = IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(tail))
                .limit(maxTokens)
                .toArray();
        return Optional.of(new TokenSequence(ids, prompt.ids().length));
    }
}
