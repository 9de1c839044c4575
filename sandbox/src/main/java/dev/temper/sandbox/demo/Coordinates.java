package dev.temper.sandbox.demo;

/** Where a prompt stands in Kafka: what every outcome of it names. */
record Coordinates(String topic, int partition, long offset) {
    Coordinates {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "partition and offset must be at least 0, not " + partition + " and " + offset);
        }
    }
}
