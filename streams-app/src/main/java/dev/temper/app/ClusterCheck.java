package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/** Looks whether the cluster is there and has what the sidecar needs. */
final class ClusterCheck {
    private ClusterCheck() {}

    /** One finding for the broker, and one for each topic where the broker answers. */
    static List<Finding> run(SidecarConfig config) {
        return AdminCalls.ask(config, admin -> run(config, admin), List::of);
    }

    /** The same through a client that is open. */
    static List<Finding> run(SidecarConfig config, Admin admin) {
        int nodes = AdminCalls.get(admin.describeCluster().nodes()).size();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("broker", AdminCalls.servers(config) + " answers, " + nodes + " node(s)"));
        findings.addAll(TopicCheck.run(admin, config));
        return findings;
    }
}
