package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.torch.Script;
import java.util.ArrayList;
import java.util.List;

/**
 * One of several models that read the same sequences side by side, each with keys and values of its own, in the same
 * slots. Used by the decoder's thread only.
 *
 * <p>Owns its cache, and the model unless told otherwise.
 */
final class CachedModel implements AutoCloseable {
    private final CausalLm lm;
    private final boolean ownsModel;
    private final NDManager manager;
    private final Script script;
    private final Script moves;
    private final Script.Values state;
    private final long bytesPerToken;

    /** @param contextLength most tokens of one sequence, at most the model's own */
    CachedModel(CausalLm lm, boolean ownsModel, int slots, int contextLength) {
        this.lm = lm;
        this.ownsModel = ownsModel;
        this.manager = lm.newScope();
        lm.reservePositions(contextLength);
        List<String> texts = new ArrayList<>(lm.familyTexts());
        texts.addAll(List.of("decode/sampling.py", "decode/prefill.py", "decode/step.py"));
        this.script = Script.compile(manager, texts, "training/cached.py");
        this.moves = Script.compile(manager, List.of(), "decode/cache.py");
        Shape cache = new Shape(
                lm.shape().layers(),
                slots,
                lm.shape().kvHeads(),
                contextLength,
                lm.shape().headDim());
        this.state = Script.Values.of(new NDArray[] {lm.zeros(manager, cache), lm.zeros(manager, cache)});
        this.bytesPerToken = lm.shape().cacheElementsPerToken() * lm.bytesPerElement();
    }

    long bytesPerToken() {
        return bytesPerToken;
    }

    /** Reads prompts to their ends: [prompts, outputs], those after each prompt's last token. */
    NDArray read(NDManager scope, PromptRows prompts) {
        return script.call(
                scope,
                "read",
                prompts.ids(),
                prompts.positions(),
                prompts.slots(),
                prompts.starts(),
                prompts.counts(),
                prompts.last(),
                state,
                lm.weights(),
                lm.dimensions(),
                lm.epsilon(),
                lm.cosines(),
                lm.sines());
    }

    /**
     * Reads one more token of every running sequence: [S, outputs].
     *
     * @param tokens [S]
     */
    NDArray step(NDManager scope, NDArray tokens, Lengths lengths) {
        return script.call(
                scope,
                "step",
                tokens,
                lengths.array(),
                lengths.longest(),
                state,
                lm.weights(),
                lm.dimensions(),
                lm.epsilon(),
                lm.cosines(),
                lm.sines());
    }

    /**
     * What would come after each of several candidates, none of which stays: [S, width, outputs]. The sequences' cached
     * beginnings are read in place, as guidance does.
     *
     * @param ids [S, width]
     * @param count [S], candidates of each sequence
     * @param lengths of the sequences, whichever slots they have from {@code first} on
     */
    NDArray fan(NDManager scope, NDArray ids, NDArray count, Lengths lengths, int first) {
        return script.call(
                scope,
                "fan",
                ids,
                count,
                lengths.array(),
                lengths.longest(),
                first,
                state,
                lm.weights(),
                lm.dimensions(),
                lm.epsilon(),
                lm.cosines(),
                lm.sines());
    }

    /** Gives a slot what another one holds. */
    void copy(int source, int target, int tokens) {
        moves.execute("copy", source, target, tokens, state);
    }

    @Override
    public void close() {
        state.close();
        manager.close();
        if (ownsModel) {
            lm.close();
        }
    }
}
