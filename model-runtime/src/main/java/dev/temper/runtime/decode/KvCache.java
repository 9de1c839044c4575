package dev.temper.runtime.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.LmShape;
import dev.temper.runtime.torch.Script;
import java.util.List;

/** Moves keys and values between slots, and out of them and back. Used by the decoder's thread only. */
final class KvCache {
    private final NDManager owner;
    private final Script script;
    private final Script.Values state;
    private final long bytesPerToken;

    /** @param state whose first two arrays are keys and values, [layers, slots, kv heads, time, dim] */
    KvCache(NDManager owner, Script.Values state, LmShape shape, int bytesPerElement) {
        this.owner = owner;
        this.script = Script.compile(owner, List.of(), "decode/cache.py");
        this.state = state;
        this.bytesPerToken = shape.cacheElementsPerToken() * bytesPerElement;
    }

    long bytesPerToken() {
        return bytesPerToken;
    }

    void copy(int source, int target, int tokens) {
        script.execute("copy", source, target, tokens, state);
    }

    void swap(int one, int other, int tokens) {
        script.execute("swap", one, other, tokens, state);
    }

    /**
     * Zeros in the place of a slot's first tokens. What lies beyond a sequence's own tokens is read along with weight 0,
     * and 0 · NaN is NaN.
     */
    void erase(int slot, int tokens) {
        script.execute("erase", slot, tokens, state);
    }

    void eraseAll() {
        script.execute("erase_all", state);
    }

    /** A copy of a slot's first tokens that outlives what the slot holds; the caller closes it. */
    NDArray keep(int slot, int tokens) {
        return script.call(owner, "keep", slot, tokens, state);
    }

    /** Puts the first tokens of a kept copy into a slot. */
    void restore(NDArray kept, int slot, int tokens) {
        script.execute("restore", kept, slot, tokens, state);
    }
}
