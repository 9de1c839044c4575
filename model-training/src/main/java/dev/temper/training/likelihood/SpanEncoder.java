package dev.temper.training.likelihood;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.SpecialTokens;
import dev.temper.runtime.text.Tokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Texts as the spans of tokens that a model judges. Owns its tokenizer; thread-safe.
 *
 * <p>Where a context ends and its continuation begins: both are encoded as one text, as the model would have read it. The
 * judged tokens are those after the longest beginning that this text's tokens share with the context's own; so a token
 * that spans the border is judged. Blanks at a context's end count as the continuation's, since most tokenizers put a
 * word's blank in front of it.
 */
public final class SpanEncoder implements AutoCloseable {
    private final String model;
    private final int maxPositions;
    private final Tokenizer tokenizer;
    private final PromptEncoder prompts;
    private final int[] prefix; // what the tokenizer puts before every text
    private final int[] beginning;

    private SpanEncoder(ModelFolder folder, Tokenizer tokenizer) {
        this.model = folder.modelId();
        this.maxPositions = folder.decoder().shape().maxPositions();
        this.tokenizer = tokenizer;
        this.prompts = PromptEncoder.load(folder.path(), tokenizer);
        this.prefix = prefix(tokenizer);
        this.beginning = prefix.length > 0 ? prefix : beginning(tokenizer.specialTokens());
    }

    /** With the tokenizer, chat template and positions of a decoder's folder. */
    public static SpanEncoder load(ModelFolder folder) {
        Tokenizer tokenizer = Tokenizer.load(folder.path());
        try {
            return new SpanEncoder(folder, tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static int[] prefix(Tokenizer tokenizer) {
        int[] bare = tokenizer.encode("a", false);
        int[] full = tokenizer.encode("a", true);
        int before = 0;
        while (before + bare.length < full.length
                && !Arrays.equals(full, before, before + bare.length, bare, 0, bare.length)) {
            before++;
        }
        return Arrays.copyOf(full, before);
    }

    private static int[] beginning(SpecialTokens special) {
        if (special.bosId().isPresent()) {
            return new int[] {special.bosId().getAsInt()};
        }
        return special.eosId().isPresent() ? new int[] {special.eosId().getAsInt()} : new int[0];
    }

    /** Most tokens that the model reads at once. */
    public int maxPositions() {
        return maxPositions;
    }

    /** Tokens of a text alone, without special tokens. */
    public int[] tokens(String text) {
        return tokenizer.encode(text, false);
    }

    /**
     * What stands before a text that nothing precedes, so that its first token can be judged: what the tokenizer puts
     * before every text, else the BOS token, else the EOS token; empty for a model that has none of these.
     */
    public int[] beginning() {
        return beginning.clone();
    }

    /**
     * A text and how it goes on. {@link #toString()} shows neither.
     *
     * @param continuation what is judged; not empty
     */
    public record Pair(String context, String continuation) {
        public Pair {
            if (continuation.isEmpty()) {
                throw new IllegalArgumentException("a continuation must not be empty");
            }
        }

        @Override
        public String toString() {
            return "Pair[" + context.length() + " + " + continuation.length() + " characters]";
        }
    }

    /**
     * A pair as token ids.
     *
     * @param dropped tokens of the context's beginning for which the model has no positions
     */
    public record EncodedPair(TokenSpan span, int dropped) {}

    /**
     * Encodes pairs, many at once.
     *
     * @throws TemperException if a continuation alone is longer than the model reads
     */
    public List<EncodedPair> encode(List<Pair> pairs) {
        List<int[]> contexts = tokenizer.encodeAll(
                pairs.stream().map(p -> p.context().stripTrailing()).toList(), false);
        List<int[]> wholes = tokenizer.encodeAll(
                pairs.stream().map(p -> p.context() + p.continuation()).toList(), false);
        EncodedPair[] encoded = new EncodedPair[pairs.size()];
        Arrays.setAll(encoded, i -> fit(contexts.get(i), wholes.get(i)));
        return List.of(encoded);
    }

    private EncodedPair fit(int[] context, int[] whole) {
        int differ = Arrays.mismatch(context, whole);
        int shared = differ < 0 ? whole.length : differ; // all of it, where a tokenizer drops a blank continuation
        int[] before = shared == 0 ? beginning : prefix;
        int room = maxPositions + 1 - before.length; // the last token is not read
        int dropped = Math.max(0, whole.length - room);
        int[] ids = Arrays.copyOf(before, before.length + whole.length - dropped);
        System.arraycopy(whole, dropped, ids, before.length, whole.length - dropped);
        int start = before.length + shared - dropped;
        if (dropped > shared || (start == 0 && dropped > 0) || ids.length == 0) {
            throw new TemperException("a row's continuation has " + (whole.length - shared) + " tokens, but the model "
                    + model + " reads " + maxPositions + " at once; leave such rows out");
        }
        return new EncodedPair(new TokenSpan(ids, Math.max(1, start)), dropped);
    }

    /**
     * A prompt, rendered by the chat template if it is a conversation, and an answer's tokens. A prompt that leaves the
     * answer no room loses its oldest part.
     *
     * @throws TemperException if even so it leaves none, or cannot be encoded
     */
    public TokenSpan encode(Prompt prompt, int[] answer) {
        EncodedPrompt encoded = prompts.encodeTruncating(prompt, Math.max(1, maxPositions - answer.length));
        if (encoded instanceof EncodedPrompt.Fitting fitting) {
            int[] ids = Arrays.copyOf(fitting.ids(), fitting.ids().length + answer.length);
            System.arraycopy(answer, 0, ids, fitting.ids().length, answer.length);
            return new TokenSpan(ids, fitting.ids().length);
        }
        throw new TemperException("a prompt leaves no room for its answer in the context of " + maxPositions
                + " tokens of the model " + model);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
