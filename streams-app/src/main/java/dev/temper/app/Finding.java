package dev.temper.app;

/**
 * What a check found.
 *
 * @param subject what was looked at
 * @param ok whether it is as it must be
 * @param detail what was found
 * @param cure what to do; empty where all is well, or where the detail says it already
 */
record Finding(String subject, boolean ok, String detail, String cure) {

    static Finding ok(String subject, String detail) {
        return new Finding(subject, true, detail, "");
    }

    static Finding wrong(String subject, String detail, String cure) {
        return new Finding(subject, false, detail, cure);
    }

    /** What is wrong and what to do, in one line. */
    String problem() {
        return subject + ": " + detail + (cure.isEmpty() ? "" : "; " + cure);
    }

    /** The finding as commands print it. */
    String line() {
        return ok ? "ok    " + subject + ": " + detail : "WRONG " + problem();
    }
}
