package dev.temper.sandbox.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An embedded broker in a JVM of its own, so that a test can kill it. */
final class BrokerProcess {
    private static final String READY = "serving ";

    private BrokerProcess() {}

    public static void main(String[] args) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.builder(Path.of(args[0])).start();
        System.out.println(READY + broker.bootstrapServers());
        Thread.currentThread().join();
    }

    static Process spawn(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
    }

    /** Waits for the child's broker; what it logs from then on is drained, so that it never blocks on a full pipe. */
    static String awaitBootstrap(Process process) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder log = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(READY)) {
                Thread drain = new Thread(() -> output.lines().forEach(ignored -> {}), "drain-broker-process");
                drain.setDaemon(true);
                drain.start();
                return line.substring(READY.length());
            }
            log.append(line).append('\n');
        }
        throw new IllegalStateException("the broker process ended before it served:\n" + log);
    }
}
