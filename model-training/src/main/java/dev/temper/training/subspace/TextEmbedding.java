package dev.temper.training.subspace;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import dev.temper.runtime.text.ChatTemplateException;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.LabelledRow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns labelled rows into the token ids whose states are fitted on. */
final class TextEmbedding {
    /** A context takes at most this share of the tokens, so that something of the text is left. */
    private static final int CONTEXT_SHARE = 2;

    private final Tokenizer tokenizer;
    private final PromptEncoder prompts;
    private final SubspaceSettings settings;

    TextEmbedding(Tokenizer tokenizer, PromptEncoder prompts, SubspaceSettings settings) {
        this.tokenizer = tokenizer;
        this.prompts = prompts;
        this.settings = settings;
    }

    /**
     * A row as the model reads it; empty if the label rule leaves it out, or nothing of its text reaches the model.
     *
     * @throws TemperException if the model has no chat template and texts are to be read as responses
     */
    Optional<EmbeddedText> of(LabelledRow row) {
        return settings.rule().isToxic(row.label()).flatMap(toxic -> of(row, toxic));
    }

    /** The same, whatever the rule says of the label. */
    Optional<EmbeddedText> ofAnyLabel(LabelledRow row) {
        return of(row, row.label() >= settings.rule().toxicFrom());
    }

    /**
     * An answer where the model wrote it: after its own conversation or prompt. For a conversation of one message of the
     * user that is how a labelled row with that context is read as a response.
     */
    Optional<EmbeddedText> of(ReviewedAnswer answer) {
        return of(fitting(answer.prompt()), answer.text(), answer.toxic());
    }

    private Optional<EmbeddedText> of(LabelledRow row, boolean toxic) {
        return of(before(row), row.text(), toxic);
    }

    private Optional<EmbeddedText> of(int[] before, String said, boolean toxic) {
        int[] text = tokenizer.encode(said, false);
        if (text.length == 0) {
            return Optional.empty();
        }
        int kept = Math.min(text.length, settings.maxTokens() - before.length);
        if (kept < 1) {
            return Optional.empty();
        }
        int[] ids = Arrays.copyOf(before, before.length + kept);
        System.arraycopy(text, 0, ids, before.length, kept);
        return Optional.of(new EmbeddedText(ids, before.length, toxic, HeldOutSplit.isHeldOut(said)));
    }

    private int[] before(LabelledRow row) {
        return switch (settings.embedAs()) {
            case RESPONSE ->
                fitting(new Prompt.Chat(List.of(
                        new ChatMessage(Role.USER, row.context().orElse(SubspaceSettings.GENERIC_USER_MESSAGE)))));
            case PLAIN ->
                row.context()
                        .map(context -> fitting(new Prompt.Plain(context + "\n")))
                        .orElseGet(() -> tokenizer.encode("", true)); // the tokens that begin every text, if any
        };
    }

    private int[] fitting(Prompt prompt) {
        try {
            EncodedPrompt encoded = prompts.encodeTruncating(prompt, settings.maxTokens() / CONTEXT_SHARE);
            if (encoded instanceof EncodedPrompt.Fitting fitting) {
                return fitting.ids();
            }
            throw new TemperException("the chat template alone takes more than half of --max-tokens "
                    + settings.maxTokens() + "; raise it");
        } catch (ChatTemplateException e) {
            throw new TemperException(
                    e.getMessage() + "; for a model that is no chat model, embed texts with --as plain", e);
        }
    }
}
