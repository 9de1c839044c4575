package dev.temper.sandbox.demo;

/**
 * The demo's books.
 *
 * @param prompts prompts sent
 * @param results results received, repeated ones included
 * @param flagged flagged events received, repeated ones included
 * @param rejects rejects received, repeated ones included
 * @param duplicates outcomes beyond the one that each prompt is owed, flagged events beyond their result's one, and
 *     outcomes of no known prompt
 * @param lost prompts without any outcome, and flagged results without their flagged event
 */
record Tally(int prompts, int results, int flagged, int rejects, int duplicates, int lost) {

    /** Whether every prompt got exactly one result or reject, and every flagged result its one event. */
    boolean balanced() {
        return duplicates == 0 && lost == 0 && prompts == results + rejects;
    }

    /** The summary line that scripts look for. */
    String line() {
        return "prompts=" + prompts + " results=" + results + " flagged=" + flagged + " rejects=" + rejects
                + " duplicates=" + duplicates + " lost=" + lost;
    }
}
