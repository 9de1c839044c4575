package dev.temper.tests.stream;

import java.time.Duration;

/** Brokers that a scenario runs on. */
interface Cluster extends AutoCloseable {
    String bootstrapServers();

    /** The first broker stops, is away for so long, and comes back with its address and its data. */
    void interrupt(Duration outage) throws InterruptedException;

    @Override
    void close();
}
