package dev.temper.runtime.decode;

/**
 * A prompt that has been read to its end, so that its sequence runs from now on.
 *
 * @param reader its place among the sequences that were being read before this call
 * @param reused tokens of its prompt that were not read, because another sequence had begun alike
 * @param decision the first token of a plain sequence
 */
public record Joined(int reader, int reused, Decision decision) {}
