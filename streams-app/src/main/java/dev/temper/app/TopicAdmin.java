package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Utils;

/** Makes the topics that the sidecar needs, and looks at those that are there. */
public final class TopicAdmin {
    private static final Duration LISTED_WITHIN = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_MS = 50;

    private TopicAdmin() {}

    /**
     * Creates what is missing and changes nothing that is there.
     *
     * @param dryRun only say what would be created
     * @param lines takes a line for each topic
     * @throws TemperException if the cluster cannot be asked or refuses
     */
    public static void create(SidecarConfig config, boolean dryRun, Consumer<String> lines) {
        AdminCalls.ask(
                config,
                admin -> {
                    Set<String> existing = AdminCalls.get(admin.listTopics().names());
                    for (TopicPlan plan : TopicPlan.of(config)) {
                        lines.accept(
                                existing.contains(plan.name())
                                        ? "exists  " + plan.name()
                                        : create(admin, plan, config, dryRun));
                    }
                    return dryRun || areListed(admin, config);
                },
                finding -> {
                    throw new TemperException(finding.problem());
                });
    }

    private static String create(Admin admin, TopicPlan plan, SidecarConfig config, boolean dryRun) {
        int replicas = config.provisioning().replicationFactor();
        String what = plan.name() + ": " + plan.partitions() + " partition(s), "
                + (replicas < 0 ? "the broker's replication factor" : replicas + " replica(s)") + ", " + plan.configs();
        if (dryRun) {
            return "missing " + what;
        }
        try {
            AdminCalls.get(
                    admin.createTopics(List.of(plan.toBeCreated(replicas))).all());
            return "created " + what;
        } catch (TopicExistsException e) {
            return "exists  " + plan.name(); // somebody was faster
        }
    }

    /** Waits until brokers know what the controller has created, or for a while. */
    private static boolean areListed(Admin admin, SidecarConfig config) {
        long end = System.nanoTime() + LISTED_WITHIN.toNanos();
        while (System.nanoTime() < end) {
            if (AdminCalls.get(admin.listTopics().names())
                    .containsAll(config.topics().all())) {
                return true;
            }
            Utils.sleep(LOOK_AGAIN_MS);
        }
        return false;
    }

    /**
     * Looks at broker and topics.
     *
     * @param lines takes a line for each: ok and what was found, or what is wrong and what to do
     * @return whether the sidecar can run with them
     */
    public static boolean check(SidecarConfig config, Consumer<String> lines) {
        List<Finding> findings = ClusterCheck.run(config);
        findings.forEach(finding -> lines.accept(finding.line()));
        return findings.stream().allMatch(Finding::ok);
    }
}
