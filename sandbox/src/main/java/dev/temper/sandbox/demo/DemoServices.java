package dev.temper.sandbox.demo;

import dev.temper.runtime.TemperException;
import dev.temper.sandbox.broker.EmbeddedBroker;
import dev.temper.sandbox.registry.EmbeddedRegistry;
import java.nio.file.Path;

/** The broker and the registry of a demo, their data side by side in one folder. */
public final class DemoServices implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final EmbeddedRegistry registry;

    private DemoServices(EmbeddedBroker broker, EmbeddedRegistry registry) {
        this.broker = broker;
        this.registry = registry;
    }

    /**
     * Starts both on free ports; returns when both serve.
     *
     * @throws TemperException when the folder is in use or cannot be written
     */
    public static DemoServices start(Path dataFolder) {
        EmbeddedBroker broker =
                EmbeddedBroker.builder(dataFolder.resolve("broker")).start();
        try {
            return new DemoServices(broker, EmbeddedRegistry.start(dataFolder.resolve("registry"), 0));
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public String registryUrl() {
        return registry.url();
    }

    @Override
    public void close() {
        registry.close();
        broker.close();
    }
}
