package dev.temper.runtime.decode;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds, for each prompt that is about to be read, the longest beginning that the cache has already, copies it, and lets
 * a prompt wait while one that joined earlier is reading what both begin with. Used by the decoder's thread only.
 */
final class PrefixSharing {
    private final Slots slots;
    private final KvCache cache;
    private final KeptPrefixes kept;

    PrefixSharing(Slots slots, KvCache cache, KeptPrefixes kept) {
        this.slots = slots;
        this.cache = cache;
        this.kept = kept;
    }

    /** Tokens left to read of each prompt, longest waiting first, after taking over what there is; 0 of one that waits. */
    int[] unread() {
        List<CachedSequence> reading = slots.reading();
        int[] unread = new int[reading.size()];
        for (int i = 0; i < unread.length; i++) {
            CachedSequence sequence = reading.get(i);
            boolean waits = sequence.cached() == 0 && sequence.shares() && !takeOver(sequence, reading.subList(0, i));
            unread[i] = waits ? 0 : sequence.unread();
        }
        return unread;
    }

    /** Whether the sequence may be read now. */
    private boolean takeOver(CachedSequence sequence, List<CachedSequence> earlier) {
        int[] prompt = sequence.admission().promptIds();
        int fromKept = kept.longestShared(prompt, prompt.length - 1);
        CachedSequence source = source(sequence);
        int fromSlot = source == null ? 0 : source.offers(sequence);
        int most = Math.max(fromKept, fromSlot);
        int soon = earlier.stream().mapToInt(e -> e.willOffer(sequence)).max().orElse(0);
        if (soon > most && soon >= KeptPrefixes.LEAST_SHARED) {
            return false;
        }
        if (most >= KeptPrefixes.LEAST_SHARED) {
            if (source != null && fromSlot >= fromKept) {
                cache.copy(source.slot(), sequence.slot(), fromSlot);
            } else {
                kept.restore(prompt, fromKept, sequence.slot());
            }
            sequence.reuse(most);
        }
        return true;
    }

    private @Nullable CachedSequence source(CachedSequence sequence) {
        CachedSequence best = null;
        for (List<CachedSequence> group : List.of(slots.running(), slots.reading())) {
            for (CachedSequence other : group) {
                if (other != sequence && (best == null || other.offers(sequence) > best.offers(sequence))) {
                    best = other;
                }
            }
        }
        return best;
    }
}
