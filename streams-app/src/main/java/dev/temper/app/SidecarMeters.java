package dev.temper.app;

import dev.temper.app.observe.KafkaMeters;
import dev.temper.app.policies.PolicyBook;
import dev.temper.app.subspaces.SubspaceBook;
import dev.temper.app.subspaces.SubspaceReading;
import dev.temper.app.topology.DeviceHealth;
import dev.temper.app.topology.LaneSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import java.util.Locale;
import org.apache.kafka.streams.KafkaStreams;

/** The sidecar as a whole: device, policy, inboxes, and Kafka Streams' own metrics. Closing stops following these. */
record SidecarMeters(KafkaMeters kafka) implements AutoCloseable {
    static SidecarMeters bind(PrometheusMeterRegistry meters, LaneSettings settings, KafkaStreams streams) {
        Gauge.builder("moderation.inbox.prompts", settings, LaneSettings::promptsInInboxes)
                .description("Prompts taken in that have no outcome yet.")
                .strongReference(true)
                .register(meters);
        Gauge.builder("moderation.inbox.limit.prompts", settings, LaneSettings::roomInInboxes)
                .description("How many prompts the inboxes here may hold.")
                .strongReference(true)
                .register(meters);
        FunctionCounter.builder("moderation.device.lost", settings, of -> of.deviceHealth()
                        .timesLost())
                .description("How often the device was believed to be gone.")
                .register(meters);
        GaugeWithCallback.builder()
                .name("moderation_device_state")
                .help("1 for the state of the circuit breaker before the device; only closed is well.")
                .labelNames("state")
                .callback(to -> {
                    DeviceHealth.State now = settings.deviceHealth().state();
                    for (DeviceHealth.State state : DeviceHealth.State.values()) {
                        to.call(state == now ? 1 : 0, state.name().toLowerCase(Locale.ROOT));
                    }
                })
                .register(meters.getPrometheusRegistry());
        PolicyBook policies = settings.policies();
        GaugeWithCallback.builder()
                .name("moderation_policy")
                .help("1 for the version of everyone's policy that is in force.")
                .labelNames("version")
                .callback(to -> to.call(1, policies.everyones().version()))
                .register(meters.getPrometheusRegistry());
        SubspaceBook subspaces = settings.subspaces();
        for (SubspaceReading.Cause cause : SubspaceReading.Cause.values()) {
            FunctionCounter.builder("moderation.subspaces.refused", subspaces, of -> of.refused(cause))
                    .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                    .description("Records of the subspaces topic that changed nothing.")
                    .register(meters);
        }
        GaugeWithCallback.builder()
                .name("moderation_subspace")
                .help("1 for the version of each subspace that is in force.")
                .labelNames("subspace", "version")
                .callback(to -> subspaces.inForce().forEach((name, version) -> to.call(1, name, version)))
                .register(meters.getPrometheusRegistry());
        return new SidecarMeters(KafkaMeters.bind(meters, streams));
    }

    @Override
    public void close() {
        kafka.close();
    }
}
