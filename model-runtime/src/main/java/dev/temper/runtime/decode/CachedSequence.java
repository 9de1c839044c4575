package dev.temper.runtime.decode;

import java.util.Arrays;

/** A sequence that has a slot: its tokens, and how many of them the cache holds. Used by the decoder's thread only. */
final class CachedSequence {
    private final Admission admission;
    private final double firstUniform;
    private int[] ids; // the prompt's, then what was decided
    private int known; // tokens in ids
    private int cached; // of them those whose keys and values are in the slot
    private int reused;
    private int slot;

    /** @param firstUniform draws the first token if the sequence is plain */
    CachedSequence(Admission admission, double firstUniform, int slot) {
        this.admission = admission;
        this.firstUniform = firstUniform;
        this.ids = admission.promptIds();
        this.known = ids.length;
        this.slot = slot;
    }

    Admission admission() {
        return admission;
    }

    double firstUniform() {
        return firstUniform;
    }

    int[] ids() {
        return ids;
    }

    int slot() {
        return slot;
    }

    void slot(int slot) {
        this.slot = slot;
    }

    int cached() {
        return cached;
    }

    int reused() {
        return reused;
    }

    /** Prompt tokens that have not been read. */
    int unread() {
        return admission.promptIds().length - cached;
    }

    /** The first tokens came from somewhere else. */
    void reuse(int tokens) {
        cached = tokens;
        reused = tokens;
    }

    void cache(int tokens) {
        cached += tokens;
    }

    void decide(int token) {
        if (token != Decision.NONE) {
            if (known == ids.length) {
                ids = Arrays.copyOf(ids, 2 * known);
            }
            ids[known++] = token;
        }
    }

    /** Tokens that this sequence's slot has to offer to a prompt that begins alike; the last of a prompt is always read. */
    int offers(CachedSequence other) {
        int[] prompt = other.admission.promptIds();
        return KeptPrefixes.shared(prompt, prompt.length - 1, ids, cached);
    }

    /** The same once all of this sequence's prompt has been read. */
    int willOffer(CachedSequence other) {
        int[] prompt = other.admission.promptIds();
        return KeptPrefixes.shared(prompt, prompt.length - 1, ids, admission.promptIds().length);
    }
}
