package dev.temper.runtime.text;

import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.EncodedPrompt.Fitting;
import dev.temper.runtime.text.EncodedPrompt.TooLong;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns prompts into the token ids that a model reads, within a number of tokens. Thread-safe; the tokenizer stays the
 * caller's.
 *
 * <p>A conversation is rendered by the model's chat template up to where the assistant's answer begins, and encoded
 * without further special tokens, since templates write them. A plain prompt is encoded with them. As in the reference,
 * text that spells a special token becomes that token.
 *
 * <p>How {@link #encodeTruncating} shortens a conversation: it leaves out the oldest messages, whole, as few as are
 * enough; a leading system message and the last message stay, and what follows the system message begins with a user's
 * message, because templates insist on turns. When even the shortest conversation is too long, the oldest text of its
 * oldest message goes. A plain prompt loses its oldest tokens. Nothing starts with half a character.
 */
public final class PromptEncoder {

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;

    /** @param template empty for a model that is not a chat model */
    public PromptEncoder(Tokenizer tokenizer, Optional<ChatTemplate> template) {
        this.tokenizer = tokenizer;
        this.template = template.orElse(null);
    }

    /** With the chat template of the tokenizer's folder, if it has one. */
    public static PromptEncoder load(Path folder, Tokenizer tokenizer) {
        return new PromptEncoder(tokenizer, ChatTemplate.load(folder, tokenizer.specialTokens()));
    }

    /**
     * The whole prompt, or {@link TooLong}.
     *
     * @param maxPromptTokens at least 1
     * @throws ChatTemplateException when the template does not render the conversation, or the model has none
     */
    public EncodedPrompt encode(Prompt prompt, int maxPromptTokens) {
        requirePositive(maxPromptTokens);
        int[] ids = whole(prompt);
        return ids.length <= maxPromptTokens ? new Fitting(ids, 0, 0) : new TooLong(ids.length, maxPromptTokens);
    }

    /**
     * The prompt, shortened from its oldest end as far as needed; {@link TooLong} when what has to stay does not fit.
     *
     * @param maxPromptTokens at least 1
     * @throws ChatTemplateException when the template does not render the conversation, or the model has none
     */
    public EncodedPrompt encodeTruncating(Prompt prompt, int maxPromptTokens) {
        requirePositive(maxPromptTokens);
        int[] ids = whole(prompt);
        if (ids.length <= maxPromptTokens) {
            return new Fitting(ids, 0, 0);
        }
        Fitting shorter = prompt instanceof Prompt.Chat chat
                ? shorten(chat.messages(), ids.length, maxPromptTokens)
                : shorten(((Prompt.Plain) prompt).text(), ids, maxPromptTokens);
        return shorter == null ? new TooLong(ids.length, maxPromptTokens) : shorter;
    }

    private static void requirePositive(int maxPromptTokens) {
        if (maxPromptTokens < 1) {
            throw new IllegalArgumentException("max prompt tokens must be at least 1, not " + maxPromptTokens);
        }
    }

    private int[] whole(Prompt prompt) {
        return prompt instanceof Prompt.Chat chat
                ? render(chat.messages())
                : tokenizer.encode(((Prompt.Plain) prompt).text(), true);
    }

    private int[] render(List<ChatMessage> messages) {
        if (template == null) {
            throw new ChatTemplateException("The model has no chat template, so it cannot answer a conversation; send a"
                    + " plain prompt, or put a chat_template.jinja into its folder");
        }
        return tokenizer.encode(template.render(messages, true), false);
    }

    private Optional<int[]> renderIfAccepted(List<ChatMessage> messages) {
        try {
            return Optional.of(render(messages));
        } catch (ChatTemplateException e) {
            return Optional.empty(); // the whole conversation was accepted; this shortening of it is not
        }
    }

    private @Nullable Fitting shorten(List<ChatMessage> messages, int wholeTokens, int max) {
        int first = messages.get(0).role() == Role.SYSTEM && messages.size() > 1 ? 1 : 0;
        int last = messages.size() - 1;
        List<List<ChatMessage>> candidates = new ArrayList<>(); // longest first
        for (int from = first; from <= last; from++) {
            if (from == first || from == last || messages.get(from).role() == Role.USER) {
                List<ChatMessage> candidate = new ArrayList<>(messages.subList(0, first));
                candidate.addAll(messages.subList(from, messages.size()));
                candidates.add(candidate);
            }
        }
        // A conversation that ends with the assistant cannot begin there either, if the template insists on turns.
        while (candidates.size() > 1
                && renderIfAccepted(candidates.get(candidates.size() - 1)).isEmpty()) {
            candidates.remove(candidates.size() - 1);
        }
        Found found = firstFitting(1, candidates.size() - 1, max, i -> renderIfAccepted(candidates.get(i)));
        if (found != null) {
            int dropped = messages.size() - candidates.get(found.position()).size();
            return new Fitting(found.ids(), wholeTokens - found.ids().length, dropped);
        }
        List<ChatMessage> shortest = candidates.get(candidates.size() - 1);
        Optional<int[]> cut = cutContents(shortest, first, max);
        return cut.map(ids ->
                        new Fitting(ids, Math.max(0, wholeTokens - ids.length), messages.size() - shortest.size()))
                .orElse(null);
    }

    /** Shortens contents from their beginning, oldest message first; of the last message something has to stay. */
    private Optional<int[]> cutContents(List<ChatMessage> messages, int first, int max) {
        List<ChatMessage> shortened = new ArrayList<>(messages);
        for (int i = first; i < messages.size(); i++) {
            int index = i;
            Role role = messages.get(i).role();
            String content = messages.get(i).content();
            boolean last = i == messages.size() - 1;
            Found found = firstFitting(1, last ? content.length() - 1 : content.length(), max, at -> {
                shortened.set(index, new ChatMessage(role, suffix(content, at)));
                return renderIfAccepted(shortened);
            });
            if (found != null) {
                return Optional.of(found.ids());
            }
            shortened.set(i, new ChatMessage(role, ""));
        }
        return Optional.empty();
    }

    private static String suffix(String text, int from) {
        boolean splitsPair = from < text.length()
                && Character.isLowSurrogate(text.charAt(from))
                && Character.isHighSurrogate(text.charAt(from - 1));
        return text.substring(splitsPair ? from + 1 : from);
    }

    private @Nullable Fitting shorten(String text, int[] whole, int max) {
        int[] bare = tokenizer.encode(text, false);
        int added = whole.length - bare.length;
        int room = max - added;
        if (room < 1 || added < 0) {
            return null;
        }
        int before = 0; // special tokens in front of the text; the others stand behind it
        while (before < added && !Arrays.equals(whole, before, before + bare.length, bare, 0, bare.length)) {
            before++;
        }
        int start = bare.length - room;
        while (start < bare.length - 1 && startsInsideCharacter(bare, start)) {
            start++;
        }
        int[] ids = new int[added + bare.length - start];
        System.arraycopy(whole, 0, ids, 0, before);
        System.arraycopy(bare, start, ids, before, bare.length - start);
        System.arraycopy(whole, before + bare.length, ids, before + bare.length - start, added - before);
        return new Fitting(ids, whole.length - ids.length, 0);
    }

    /** A character's bytes may be several tokens; without its first byte the rest decodes to U+FFFD. */
    private boolean startsInsideCharacter(int[] ids, int start) {
        int[] window = Arrays.copyOfRange(ids, start, Math.min(ids.length, start + 4));
        String text = tokenizer.decode(window, false);
        return !text.isEmpty() && text.charAt(0) == REPLACEMENT;
    }

    private record Found(int position, int[] ids) {}

    /** The first position whose encoding fits, where later positions give shorter encodings; bisects. */
    private static @Nullable Found firstFitting(int from, int to, int max, IntFunction<Optional<int[]>> encode) {
        Found found = null;
        int low = from;
        int high = to;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Optional<int[]> ids = encode.apply(middle);
            if (ids.isPresent() && ids.get().length <= max) {
                found = new Found(middle, ids.get());
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return found;
    }
}
