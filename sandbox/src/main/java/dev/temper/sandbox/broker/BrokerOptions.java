package dev.temper.sandbox.broker;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What distinguishes one embedded node from another.
 *
 * @param dataFolder everything that the node writes
 * @param nodeId the node's id, unique in its cluster, at least 1
 * @param port the loopback port that clients connect to
 * @param controllerPorts node id to loopback controller port, for every node of the cluster, this one included
 * @param clusterId a base64 UUID that all nodes of a cluster share; only a folder's first start uses it
 * @param overrides broker settings that win over the defaults
 */
record BrokerOptions(
        Path dataFolder,
        int nodeId,
        int port,
        SortedMap<Integer, Integer> controllerPorts,
        String clusterId,
        Map<String, String> overrides) {

    BrokerOptions {
        controllerPorts = Collections.unmodifiableSortedMap(new TreeMap<>(controllerPorts));
        overrides = Map.copyOf(overrides);
        if (nodeId < 1) {
            throw new IllegalArgumentException("node id must be at least 1, not " + nodeId);
        }
        if (!controllerPorts.containsKey(nodeId)) {
            throw new IllegalArgumentException(
                    "node " + nodeId + " is not one of the quorum's nodes " + controllerPorts.keySet());
        }
        requirePort(port);
        controllerPorts.values().forEach(BrokerOptions::requirePort);
    }

    private static void requirePort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port must be in [1, 65535], not " + port);
        }
    }

    int controllerPort() {
        return controllerPorts.getOrDefault(nodeId, 0);
    }
}
