package dev.temper.runtime.decode;

/**
 * What one pass decided for one sequence.
 *
 * <p>A guided token is decided by the pass that has read all its candidates, so the prompt's own pass decides none
 * ({@link #NONE}). A plain token is drawn as soon as its logits are known, before any pass reads it.
 *
 * @param token the token decided, or {@link #NONE}
 * @param finite whether all logits were finite, and what the rule made of the candidates was; when not, the token means
 *     nothing
 * @param cut whether the next token's nucleus was larger than the most candidates and was cut
 * @param candidates candidates of the next token
 * @param kl KL of what the token was drawn from ‖ what the model alone would be drawn from, in nats: of a guided token over
 *     its candidates; 0 for plain ones
 * @param measures what the rule measured for the token whose keys and values this pass committed; empty after a prompt
 */
public record Decision(int token, boolean finite, boolean cut, int candidates, double kl, double[] measures) {
    /** No token was decided. */
    public static final int NONE = -1;
}
