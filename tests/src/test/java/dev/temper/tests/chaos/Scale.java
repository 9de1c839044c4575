package dev.temper.tests.chaos;

/**
 * How much of everything.
 *
 * @param seed what every random moment follows from
 */
record Scale(
        String name,
        long seed,
        int promptsPerSecond,
        int kills,
        int brokerRounds,
        int brokerOutageMs,
        int scalings,
        int outageMs,
        int hangMs,
        int malformed,
        int wipes,
        int stops) {

    private static final long SEED = Long.getLong("chaos.seed", 20261121);

    /** Longest wait for an outcome of the engine; shorter than the device hangs. */
    int attemptTimeoutMs() {
        return hangMs / 2;
    }

    /** Part of every build. */
    static final Scale SHORT = new Scale("short", SEED, 50, 5, 1, 1_000, 4, 1_500, 4_000, 1_000, 1, 1);

    /** With {@code -Pchaos}. */
    static final Scale LONG = new Scale("long", SEED, 60, 100, 5, 4_000, 40, 60_000, 30_000, 10_000, 10, 10);
}
