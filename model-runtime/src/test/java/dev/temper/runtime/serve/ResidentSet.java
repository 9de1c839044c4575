package dev.temper.runtime.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process as the system sees it. */
final class ResidentSet {
    /** Noise of the allocators; one leaked row of logits a token would be about 76. Smaller leaks show in counts of arrays. */
    static final long MOST_GROWTH_MEGABYTES = 64;

    private static final int READINGS = 10;

    private ResidentSet() {}

    /** Work that is watched. */
    interface Work {
        void run() throws Exception;
    }

    /**
     * The least resident set while work is done, read after each of ten parts: allocators give back and take again up to
     * a hundred megabytes at any moment, but only what is never given back raises the floor.
     *
     * @param part a tenth of the work
     */
    static long floorMegabytes(Work part) throws Exception {
        long floor = Long.MAX_VALUE;
        for (int reading = 0; reading < READINGS; reading++) {
            part.run();
            floor = Math.min(floor, megabytes());
        }
        return floor;
    }

    /**
     * After a collection, less the Java heap, which keeps what earlier tests made it take; 0 where the system does not
     * tell, so nothing is asserted of it.
     */
    private static long megabytes() throws IOException {
        System.gc();
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024
                        - Runtime.getRuntime().totalMemory() / (1 << 20))
                .findFirst()
                .orElse(0);
    }
}
