package dev.temper.app.observe;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/** The metrics that Kafka Streams and its clients have themselves, of one application. Closing stops following them. */
public final class KafkaMeters implements AutoCloseable {
    /** How often it is looked which of them have come and gone, with tasks and threads. */
    private static final Duration REFRESH = Duration.ofSeconds(5);

    private final ScheduledExecutorService refresh = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "temper-kafka-metrics");
        thread.setDaemon(true);
        return thread;
    });
    private final KafkaStreamsMetrics kafka;

    private KafkaMeters(MeterRegistry meters, KafkaStreams streams) {
        kafka = new KafkaStreamsMetrics(streams, Tags.empty(), refresh, REFRESH);
        kafka.bindTo(meters);
    }

    /** Shows them by their names, {@code kafka_…}. */
    public static KafkaMeters bind(MeterRegistry meters, KafkaStreams streams) {
        return new KafkaMeters(meters, streams);
    }

    /**
     * Shows them as {@code PREFIX_kafka_…}: those of another application of this process, which no query for the first one's
     * shall find. Its state stores' are left out: they would be more than all others.
     */
    public static KafkaMeters bind(PrometheusMeterRegistry meters, KafkaStreams streams, String prefix) {
        PrometheusMeterRegistry prefixed =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, meters.getPrometheusRegistry(), Clock.SYSTEM);
        prefixed.config().meterFilter(MeterFilter.denyNameStartsWith("kafka.stream.state."));
        prefixed.config().namingConvention(new PrometheusNamingConvention() {
            @Override
            public String name(String name, Meter.Type type, @Nullable String unit) {
                return super.name(prefix + '.' + name, type, unit);
            }
        });
        return new KafkaMeters(prefixed, streams);
    }

    @Override
    public void close() {
        kafka.close();
        refresh.shutdown();
    }
}
