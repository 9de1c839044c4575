package dev.temper.runtime.decode;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and values of sequences that have ended, for prompts that begin like them: a system prompt, or the next turn of a
 * conversation. Bounded in bytes; what was used longest ago goes first. Used by the decoder's thread only.
 */
final class KeptPrefixes implements AutoCloseable {
    /** Fewer tokens than this are sooner read than looked after. */
    static final int LEAST_SHARED = 16;

    private static final Logger LOG = LoggerFactory.getLogger(KeptPrefixes.class);

    private final KvCache cache;
    private final long mostBytes;
    private final Deque<Kept> entries = new ArrayDeque<>(); // used last first
    private long bytes;

    /** Tokens and their keys and values, [2, layers, kv heads, tokens, dim]. */
    private record Kept(int[] ids, NDArray keysAndValues) {}

    KeptPrefixes(KvCache cache, long mostBytes) {
        this.cache = cache;
        this.mostBytes = mostBytes;
    }

    /** Tokens that two texts share from their beginning. */
    static int shared(int[] a, int aLength, int[] b, int bLength) {
        int mismatch = Arrays.mismatch(a, 0, aLength, b, 0, bLength);
        return mismatch < 0 ? aLength : mismatch;
    }

    /** Most tokens that a text shares with what is kept. */
    int longestShared(int[] ids, int length) {
        int longest = 0;
        for (Kept kept : entries) {
            longest = Math.max(longest, shared(ids, length, kept.ids(), kept.ids().length));
        }
        return longest;
    }

    /** Puts the first tokens of a text, which must be kept, into a slot. */
    void restore(int[] ids, int tokens, int slot) {
        Kept found = take(ids, tokens);
        entries.addFirst(found);
        cache.restore(found.keysAndValues(), slot, tokens);
    }

    private Kept take(int[] ids, int tokens) {
        for (Iterator<Kept> i = entries.iterator(); i.hasNext(); ) {
            Kept kept = i.next();
            if (shared(ids, tokens, kept.ids(), kept.ids().length) == tokens) {
                i.remove();
                return kept;
            }
        }
        throw new IllegalStateException("a prefix of " + tokens + " tokens is not kept");
    }

    /** Keeps what a slot holds, as far as there is room for it. */
    void keep(int[] ids, int length, int slot) {
        int tokens = (int) Math.min(length, mostBytes / cache.bytesPerToken());
        int known = longestShared(ids, tokens);
        if (tokens < LEAST_SHARED) {
            return;
        }
        if (tokens - known < LEAST_SHARED) {
            entries.addFirst(take(ids, known)); // as good as kept already
            return;
        }
        removeBeginningsOf(ids, tokens);
        while (bytes + tokens * cache.bytesPerToken() > mostBytes) {
            remove(entries.removeLast());
        }
        try {
            entries.addFirst(new Kept(Arrays.copyOf(ids, tokens), cache.keep(slot, tokens)));
            bytes += tokens * cache.bytesPerToken();
        } catch (EngineException e) {
            LOG.warn("The device has no room to keep prefixes; those kept are given up", e);
            close();
        }
    }

    private void removeBeginningsOf(int[] ids, int tokens) {
        for (Iterator<Kept> i = entries.iterator(); i.hasNext(); ) {
            Kept kept = i.next();
            if (shared(ids, tokens, kept.ids(), kept.ids().length) == kept.ids().length) {
                i.remove();
                remove(kept);
            }
        }
    }

    private void remove(Kept kept) {
        bytes -= kept.ids().length * cache.bytesPerToken();
        kept.keysAndValues().close();
    }

    long bytes() {
        return bytes;
    }

    /** Gives up what is kept; more can be kept afterwards. */
    @Override
    public void close() {
        entries.forEach(this::remove);
        entries.clear();
    }
}
