package dev.temper.runtime.verify;

/**
 * How many tokens equal the reference's.
 *
 * @param name which golden tokens, {@code greedy0.tokens} for one
 * @param tokens how many were compared
 * @param equal how many of them are the same at the same place
 * @param required whether all must be equal to pass
 */
public record TokenAgreement(String name, int tokens, int equal, boolean required) {

    public boolean passed() {
        return !required || equal == tokens;
    }

    static TokenAgreement of(String name, int[] computed, int[] reference, boolean required) {
        int equal = 0;
        for (int i = 0; i < Math.min(computed.length, reference.length); i++) {
            if (computed[i] == reference[i]) {
                equal++;
            }
        }
        return new TokenAgreement(name, Math.max(computed.length, reference.length), equal, required);
    }
}
