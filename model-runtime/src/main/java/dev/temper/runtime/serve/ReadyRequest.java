package dev.temper.runtime.serve;

import java.util.List;

/**
 * A request whose texts are tokens: all that the device needs to know.
 *
 * @param promptTokensDropped tokens left out because the prompt was too long
 * @param badWords runs of tokens that are never completed
 */
record ReadyRequest(QueuedRequest queued, int[] promptIds, int promptTokensDropped, List<int[]> badWords) {}
