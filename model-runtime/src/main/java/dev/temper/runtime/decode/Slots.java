package dev.temper.runtime.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Which sequence has which slot of the cache. Used by the decoder's thread only.
 *
 * <p>Running sequences have slots 0 … running-1, so that a step takes them without gathering; those whose prompts are
 * being read have the slots right behind, in any order; what is behind these is free.
 */
final class Slots {
    private final KvCache cache;
    private final int size;
    private final List<CachedSequence> running = new ArrayList<>(); // by slot
    private final List<CachedSequence> reading = new ArrayList<>(); // longest-waiting first
    private boolean soiled; // slots may hold anything

    Slots(KvCache cache, int size) {
        this.cache = cache;
        this.size = size;
    }

    List<CachedSequence> running() {
        return running;
    }

    List<CachedSequence> reading() {
        return reading;
    }

    int free() {
        return size - running.size() - reading.size();
    }

    void join(Admission admission, double firstUniform, boolean shares) {
        reading.add(new CachedSequence(admission, firstUniform, shares, running.size() + reading.size()));
    }

    /** Gives those whose prompts end now the slots right behind the running ones, in this order. */
    void arrange(List<CachedSequence> ending) {
        for (int i = 0; i < ending.size(); i++) {
            int wanted = running.size() + i;
            CachedSequence sequence = ending.get(i);
            if (sequence.slot() != wanted) {
                CachedSequence there = inSlot(wanted);
                cache.swap(sequence.slot(), wanted, Math.max(1, Math.max(sequence.cached(), there.cached())));
                there.slot(sequence.slot());
                sequence.slot(wanted);
            }
        }
    }

    /** The first sequences that were {@linkplain #arrange arranged} run from now on. */
    void run(List<CachedSequence> arranged) {
        reading.removeAll(arranged);
        running.addAll(arranged);
    }

    /** Takes a running sequence out; the last running one takes its slot, and one that is read the last one's. */
    void release(int index) {
        leave(running.get(index));
        int last = running.size() - 1;
        CachedSequence moved = running.remove(last);
        if (index != last) {
            move(moved, index);
            running.set(index, moved);
        }
        fill(last);
    }

    /** Takes a sequence out whose prompt is not read to its end. */
    void giveUp(int reader) {
        CachedSequence leaving = reading.remove(reader);
        leave(leaving);
        fill(leaving.slot());
    }

    private void fill(int hole) {
        int last = running.size() + reading.size();
        if (hole != last) {
            move(inSlot(last), hole);
        }
    }

    private void move(CachedSequence sequence, int target) {
        cache.copy(sequence.slot(), target, sequence.cached());
        leave(sequence);
        sequence.slot(target);
    }

    /** A sequence leaves its slot, and leaves in it only what cannot harm the next one there. */
    private void leave(CachedSequence sequence) {
        if (!sequence.finite()) {
            cache.erase(sequence.slot(), sequence.cached());
        }
    }

    private CachedSequence inSlot(int slot) {
        return reading.stream().filter(s -> s.slot() == slot).findFirst().orElseThrow();
    }

    /** Touches nothing on the device, which may have failed; call {@link #clean} before slots are used again. */
    void clear() {
        running.clear();
        reading.clear();
        soiled = true;
    }

    void clean() {
        if (soiled) {
            cache.eraseAll();
            soiled = false;
        }
    }

    /** Tokens that the cache holds for these sequences. */
    long cachedTokens() {
        long tokens = 0;
        for (CachedSequence sequence : running) {
            tokens += sequence.cached();
        }
        for (CachedSequence sequence : reading) {
            tokens += sequence.cached();
        }
        return tokens;
    }
}
