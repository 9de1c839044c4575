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
    private boolean finite; // what the cache holds of it: known when logits that follow from all of it are
    private int slot;
    private final boolean shares;

    /**
     * @param firstUniform draws the first token if the sequence is plain
     * @param shares whether it may take over what the cache has of its beginning
     */
    CachedSequence(Admission admission, double firstUniform, boolean shares, int slot) {
        this.admission = admission;
        this.shares = shares;
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

    boolean shares() {
        return shares;
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

    /** Whether it is known that keys and values are numbers, all of them. */
    boolean finite() {
        return finite;
    }

    void decide(Decision decision) {
        finite = decision.finite();
        int token = decision.token();
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
