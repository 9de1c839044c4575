package dev.temper.runtime.serve;

import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.ChatTemplateException;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a request's texts into tokens, or says why it cannot be answered. Thread-safe. */
final class RequestEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(RequestEncoder.class);

    private final PromptEncoder prompts;
    private final BadWords badWords;
    private final List<String> subspaces;
    private final int contextLength;

    /** What became of a request's texts. */
    sealed interface Encoding {
        /** Tokens. */
        record Ready(ReadyRequest request) implements Encoding {}

        /** Not to be answered. */
        record Refused(Failed why) implements Encoding {}
    }

    /**
     * @param subspaces names of those that requests may ask for
     * @param contextLength most tokens of prompt and answer together
     */
    RequestEncoder(PromptEncoder prompts, Tokenizer tokenizer, List<String> subspaces, int contextLength) {
        this.prompts = prompts;
        this.badWords = new BadWords(tokenizer);
        this.subspaces = List.copyOf(subspaces);
        this.contextLength = contextLength;
    }

    Encoding encode(QueuedRequest queued) {
        GenerationRequest request = queued.request();
        for (String name : request.guidance().betas().keySet()) {
            if (!subspaces.contains(name)) {
                return refused(
                        queued,
                        Reason.INVALID_PARAMETERS,
                        "there is no subspace '" + name + "'; this engine has " + subspaces);
            }
        }
        int longestAnswer = Math.min(request.decoding().maxNewTokens(), contextLength / 2);
        int mostPromptTokens = contextLength - longestAnswer;
        try {
            List<int[]> forbidden = badWords.spelled(request.decoding().badWords());
            EncodedPrompt prompt = request.overflow() == PromptOverflow.REJECT
                    ? prompts.encode(request.prompt(), mostPromptTokens)
                    : prompts.encodeTruncating(request.prompt(), mostPromptTokens);
            if (prompt instanceof EncodedPrompt.Fitting fitting) {
                return new Encoding.Ready(new ReadyRequest(queued, fitting.ids(), fitting.droppedTokens(), forbidden));
            }
            return refused(
                    queued,
                    Reason.PROMPT_TOO_LONG,
                    "the prompt has " + ((EncodedPrompt.TooLong) prompt).promptTokens() + " tokens and at most "
                            + mostPromptTokens + " leave room for the answer; shorten it, ask for fewer new tokens,"
                            + " or allow truncation");
        } catch (BadWords.UnspellableException e) {
            return refused(queued, Reason.INVALID_PARAMETERS, String.valueOf(e.getMessage()));
        } catch (ChatTemplateException e) {
            return refused(queued, Reason.INVALID_PROMPT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("The prompt of request {} could not be encoded", request.id(), e);
            return refused(
                    queued,
                    Reason.INVALID_PROMPT,
                    "the prompt could not be encoded (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static Encoding refused(QueuedRequest queued, Reason reason, String detail) {
        return new Encoding.Refused(queued.failed(reason, detail));
    }
}
