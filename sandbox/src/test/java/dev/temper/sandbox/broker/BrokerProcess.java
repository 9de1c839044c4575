package dev.temper.sandbox.broker;

import java.nio.file.Path;

/** An embedded broker as a program. */
final class BrokerProcess {
    static final String READY = "serving ";

    private BrokerProcess() {}

    public static void main(String[] args) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.builder(Path.of(args[0])).start();
        System.out.println(READY + broker.bootstrapServers());
        Thread.currentThread().join();
    }
}
