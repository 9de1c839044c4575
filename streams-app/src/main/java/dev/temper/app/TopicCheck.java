package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Looks whether each topic is there and is as the sidecar needs it. A missing topic must be found before start: with one
 * of the outputs missing, Kafka Streams would say that it runs, and nothing would come out.
 */
final class TopicCheck {
    private final SidecarConfig config;
    private final Map<String, TopicDescription> existing;
    private final Map<String, Config> settings;

    private TopicCheck(SidecarConfig config, Map<String, TopicDescription> existing, Map<String, Config> settings) {
        this.config = config;
        this.existing = existing;
        this.settings = settings;
    }

    /** One finding for each topic. */
    static List<Finding> run(Admin admin, SidecarConfig config) {
        Set<String> wanted = new HashSet<>(config.topics().all());
        wanted.add(changelog(config));
        wanted.retainAll(AdminCalls.get(admin.listTopics().names()));
        Map<String, TopicDescription> existing =
                AdminCalls.get(admin.describeTopics(wanted).allTopicNames());
        TopicCheck check = new TopicCheck(config, existing, settings(admin, wanted));
        return Stream.concat(TopicPlan.of(config).stream().map(check::topic), check.changelog().stream())
                .toList();
    }

    private static String changelog(SidecarConfig config) {
        return config.streamsProperties().get("application.id") + "-inbox-changelog";
    }

    /** The topics' own settings; none where this account may not look. */
    private static Map<String, Config> settings(Admin admin, Set<String> topics) {
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try {
            return AdminCalls.get(admin.describeConfigs(resources).all()).entrySet().stream()
                    .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
        } catch (AuthorizationException e) {
            return Map.of();
        }
    }

    private Finding topic(TopicPlan plan) {
        String subject = "topic " + plan.name();
        TopicDescription found = existing.get(plan.name());
        if (found == null) {
            return Finding.wrong(subject, "does not exist", "create it: temper topics create --config FILE");
        }
        int partitions = found.partitions().size();
        List<String> wrong = new ArrayList<>();
        if (plan.isOrdered() && partitions != 1) {
            wrong.add("has " + partitions + " partitions, so its records have no one order; make it anew with one");
        }
        if (plan.isOutput()) {
            wrong.addAll(outputs(partitions, plan.name()));
        }
        String cleanup = setting(plan.name(), TopicConfig.CLEANUP_POLICY_CONFIG, "");
        if (!cleanup.isEmpty() && plan.isCompacted() && !cleanup.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            wrong.add("has cleanup.policy=" + cleanup
                    + ", and would forget the newest record of a key; set it to compact");
        }
        if (!plan.isCompacted() && cleanup.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            wrong.add("has cleanup.policy=" + cleanup
                    + ", which keeps only the newest record of a conversation; set it to delete");
        }
        return wrong.isEmpty()
                ? Finding.ok(subject, describe(plan, found))
                : Finding.wrong(subject, String.join("; and it ", wrong), "");
    }

    private List<String> outputs(int partitions, String topic) {
        List<String> wrong = new ArrayList<>();
        TopicDescription prompts = existing.get(config.topics().prompts());
        if (prompts != null && prompts.partitions().size() != partitions) {
            wrong.add("has " + partitions + " partitions and " + prompts.name() + " has "
                    + prompts.partitions().size() + ", so a conversation's outputs do not stand in its partition;"
                    + " give both the same number");
        }
        int most = Integer.parseInt(
                setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Integer.MAX_VALUE)));
        if (most < TopicPlan.needsBytes(config)) {
            wrong.add("takes records of up to " + most + " bytes, and limits.max_record_bytes asks for "
                    + TopicPlan.needsBytes(config)
                    + "; raise the topic's max.message.bytes, or lower limits.max_record_bytes");
        }
        return wrong;
    }

    /** The inbox's own topic: Kafka Streams makes it at the first start and cannot change its partitions. */
    private List<Finding> changelog() {
        TopicDescription changelog = existing.get(changelog(config));
        TopicDescription prompts = existing.get(config.topics().prompts());
        if (changelog == null || prompts == null) {
            return List.of();
        }
        int held = changelog.partitions().size();
        int asked = prompts.partitions().size();
        return held == asked
                ? List.of()
                : List.of(Finding.wrong(
                        "topic " + changelog.name(),
                        "has " + held + " partitions and " + prompts.name() + " has " + asked,
                        "the inbox cannot follow: let the old number of partitions be answered, then go on under another"
                                + " kafka.application.id"));
    }

    private String setting(String topic, String key, String otherwise) {
        Config of = settings.get(topic);
        ConfigEntry entry = of == null ? null : of.get(key);
        return entry == null || entry.value() == null ? otherwise : entry.value();
    }

    private String describe(TopicPlan plan, TopicDescription found) {
        int replicas = found.partitions().get(0).replicas().size();
        String kept = plan.isCompacted()
                ? "compacted"
                : "retention.ms " + setting(plan.name(), TopicConfig.RETENTION_MS_CONFIG, "unknown");
        return found.partitions().size() + " partition(s), " + replicas + " replica(s), " + kept;
    }
}
