package dev.temper.tests.stream;

import dev.temper.tests.Requirement;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The brokers that the end-to-end scenarios run on: a cluster of one. Where there can be none, the test that asks for it
 * ends as skipped, with the reason.
 */
public enum BrokerKind {
    /** In this process. */
    EMBEDDED {
        @Override
        Cluster steady(Path folder) {
            return new Brokers(folder, 1, LONG_SESSION);
        }

        @Override
        Cluster own(Path folder) {
            return new Brokers(folder, 1, SHORT_SESSION);
        }
    },
    /** Kafka's own image, where a Docker engine answers. */
    CONTAINER {
        @Override
        Cluster steady(Path folder) {
            Requirement.DOCKER.holds(ContainerBroker.missing());
            return ContainerBroker.borrow();
        }

        @Override
        Cluster own(Path folder) {
            Requirement.DOCKER.holds(ContainerBroker.missing());
            return ContainerBroker.start();
        }
    };

    /** A broker that starts again is let in when the session of its earlier life is over. */
    static final Duration SHORT_SESSION = Duration.ofSeconds(2);
    /**
     * A busy machine starves a broker for seconds. One that is fenced for that holds all up for minutes: its coordinators
     * load anew, and a commit waits for them, up to the producer's max.block.ms each time.
     */
    private static final Duration LONG_SESSION = Duration.ofSeconds(30);

    /** One that nobody stops. Scenarios that follow each other may get the same one, without topics. */
    abstract Cluster steady(Path folder);

    /** One that the scenario may stop. */
    abstract Cluster own(Path folder);
}
