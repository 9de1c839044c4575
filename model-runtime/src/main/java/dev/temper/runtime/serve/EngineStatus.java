package dev.temper.runtime.serve;

/**
 * How busy an engine is at one moment.
 *
 * @param queued requests accepted that have no place in the batch yet
 * @param reading requests whose prompt is being read
 * @param decoding requests whose answer is being written: the size of the batch
 * @param cacheBytesUsed bytes of the cache that hold keys and values
 * @param cacheBytes bytes set aside for keys and values, used or not
 */
public record EngineStatus(int queued, int reading, int decoding, long cacheBytesUsed, long cacheBytes) {}
