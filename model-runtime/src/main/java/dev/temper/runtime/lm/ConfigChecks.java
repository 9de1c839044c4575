package dev.temper.runtime.lm;

/** Checks that the settings of all families share; each names the setting as {@code config.json} does. */
final class ConfigChecks {
    // Far above every published model, and far below what would overflow or exhaust memory before a tensor is seen.
    static final int MAX_WIDTH = 1 << 20;
    static final int MAX_LAYERS = 4096;
    static final int MAX_VOCAB = 1 << 24;
    static final int MAX_POSITIONS = 1 << 24;

    private ConfigChecks() {}

    static void requireRange(String name, int value, int least, int most) {
        require(value >= least && value <= most, name + " must be in [" + least + ", " + most + "], not " + value);
    }

    static void requireEpsilon(String name, double value) {
        require(value > 0 && value < 1, name + " must be in (0, 1), not " + value);
    }

    static void requireTokenId(int id) {
        require(id >= 0, "a token id must be at least 0, not " + id);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
