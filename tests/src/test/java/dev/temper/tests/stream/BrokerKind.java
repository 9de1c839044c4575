package dev.temper.tests.stream;

import dev.temper.tests.Requirement;
import java.nio.file.Path;

/** The brokers that the end-to-end scenarios run on. */
enum BrokerKind {
    /** In this process. */
    EMBEDDED {
        @Override
        Cluster start(Path folder) {
            return new Brokers(folder, 1, Backbone.SHORT_SESSION);
        }
    },
    /** Kafka's own image, where a Docker engine answers. */
    CONTAINER {
        @Override
        Cluster start(Path folder) {
            Requirement.DOCKER.holds(ContainerBroker.missing());
            return ContainerBroker.start();
        }
    };

    /** A cluster of one broker; ends the test as skipped, with the reason, where there can be none. */
    abstract Cluster start(Path folder);
}
