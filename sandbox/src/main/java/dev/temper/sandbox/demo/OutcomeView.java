package dev.temper.sandbox.demo;

/** Where outcomes are shown. Called by the follower's thread, one outcome at a time, in the order of their arrival. */
interface OutcomeView {

    /** A prompt has its outcome. */
    void outcome(Outcome outcome);

    /** The books, at the end. */
    void summary(Tally tally);
}
