package dev.temper.runtime.serve;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.lm.LmShape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Divides the bytes that keys and values may take into slots and kept prefixes, once, before anything runs. */
final class CacheBudget {
    /** Kept prefixes may take a quarter of what the slots take. */
    private static final int SLOT_BYTES_PER_KEPT_BYTE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(CacheBudget.class);

    private CacheBudget() {}

    /**
     * @param bytesPerElement of the model's element type
     * @param freeBytes of the device's memory, with the weights loaded
     * @throws TemperException if there is no room for one sequence
     */
    static CacheLimits divide(LmShape shape, int bytesPerElement, EngineSettings settings, long freeBytes) {
        int context = Math.min(settings.contextLength(), shape.maxPositions());
        long slotBytes = context * shape.cacheElementsPerToken() * bytesPerElement;
        long budget = settings.cacheBytes() == EngineSettings.AUTOMATIC ? freeBytes / 2 : settings.cacheBytes();
        if (budget < slotBytes) {
            throw new TemperException("the cache of one sequence of " + context + " tokens takes " + slotBytes
                    + " bytes, and there are " + budget + "; raise cache_bytes or lower context_length");
        }
        long mostKept = settings.keepPrefixes() ? budget / (SLOT_BYTES_PER_KEPT_BYTE + 1) : 0;
        long slots = Math.max(1, Math.min(settings.maxBatch(), (budget - mostKept) / slotBytes));
        if (slots < settings.maxBatch()) {
            LOG.warn(
                    "the cache's {} bytes hold {} sequences of {} tokens, so that no more are answered at once",
                    budget,
                    slots,
                    context);
        }
        long kept = Math.min(mostKept, slots * slotBytes / SLOT_BYTES_PER_KEPT_BYTE);
        return new CacheLimits((int) slots, context, Math.min(kept, budget - slots * slotBytes));
    }
}
