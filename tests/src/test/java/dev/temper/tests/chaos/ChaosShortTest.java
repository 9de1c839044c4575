package dev.temper.tests.chaos;

/** A few of each; part of every build. */
class ChaosShortTest extends ChaosSuite {
    ChaosShortTest() {
        super(Scale.SHORT);
    }
}
