package dev.temper.sandbox.broker;

import dev.temper.sandbox.Loopback;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The broker settings of an embedded node: small, quick to start and to come back after a kill, and loopback only. */
final class BrokerSettings {
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private BrokerSettings() {}

    static Map<String, String> of(BrokerOptions options, Path logFolder) {
        Map<String, String> s = new LinkedHashMap<>();
        identity(options, logFolder, s);
        replication(options.controllerPorts().size(), s);
        footprint(s);
        recovery(s);
        s.putAll(options.overrides());
        return s;
    }

    private static void identity(BrokerOptions options, Path logFolder, Map<String, String> s) {
        s.put("process.roles", "broker,controller");
        s.put("node.id", Integer.toString(options.nodeId()));
        s.put(
                "listeners",
                "PLAINTEXT://" + Loopback.HOST + ":" + options.port() + "," + CONTROLLER_LISTENER + "://"
                        + Loopback.HOST + ":" + options.controllerPort());
        s.put("advertised.listeners", "PLAINTEXT://" + Loopback.HOST + ":" + options.port());
        s.put("controller.listener.names", CONTROLLER_LISTENER);
        s.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        // Voters from the settings, not from the log: a folder may then be started again on other ports.
        s.put(
                "controller.quorum.voters",
                options.controllerPorts().entrySet().stream()
                        .map(voter -> voter.getKey() + "@" + Loopback.HOST + ":" + voter.getValue())
                        .collect(Collectors.joining(",")));
        s.put("log.dirs", logFolder.toString());
        s.put("auto.create.topics.enable", "false");
    }

    private static void replication(int nodes, Map<String, String> s) {
        String factor = Integer.toString(Math.min(3, nodes));
        String minInSync = nodes >= 3 ? "2" : "1";
        s.put("default.replication.factor", factor);
        s.put("min.insync.replicas", minInSync);
        s.put("offsets.topic.replication.factor", factor);
        s.put("transaction.state.log.replication.factor", factor);
        s.put("transaction.state.log.min.isr", minInSync);
        s.put("share.coordinator.state.topic.replication.factor", factor);
        s.put("share.coordinator.state.topic.min.isr", minInSync);
        if (nodes > 1) {
            // A node asks the controller for leave to stop, and waits 5 minutes for it. When all stop together, the
            // quorum is gone and nobody answers. The others notice a node's end by its session instead.
            s.put("controlled.shutdown.enable", "false");
        }
    }

    private static void footprint(Map<String, String> s) {
        s.put("num.network.threads", "2");
        s.put("num.io.threads", "2");
        s.put("background.threads", "2");
        s.put("offsets.topic.num.partitions", "4");
        s.put("transaction.state.log.num.partitions", "4");
        s.put("share.coordinator.state.topic.num.partitions", "4");
        // 128 MiB of heap by default, for a log of a few megabytes.
        s.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        // A sandbox is kept until its folder is deleted: a demo of last month must not answer its prompts again because
        // the group's offsets have expired.
        s.put("log.retention.ms", "-1");
        s.put("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE));
    }

    private static void recovery(Map<String, String> s) {
        s.put("group.initial.rebalance.delay.ms", "0");
        // After kill -9 the restarted broker is refused (DUPLICATE_BROKER_REGISTRATION) until its old session ends,
        // 9 s by default.
        s.put("broker.session.timeout.ms", "2000");
        s.put("broker.heartbeat.interval.ms", "500");
    }
}
