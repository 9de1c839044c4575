package dev.temper.benchmarks.decode;

/**
 * One way to decode.
 *
 * @param weights number type of the weights
 * @param batch sequences at once
 * @param candidates of every token under guidance; 0 = plain sampling
 */
record DecodeCase(String weights, int batch, int candidates) {
    boolean plain() {
        return candidates == 0;
    }

    /** What is done, without how wide. */
    String method() {
        return plain() ? "plain" : "SASA k = " + candidates;
    }
}
