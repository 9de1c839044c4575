package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.topology.EventCodec;
import dev.temper.app.topology.LaneSettings;
import dev.temper.app.topology.ModerationTopology;
import dev.temper.app.topology.SchemaRehearsal;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service, running in this process. Thread-safe.
 *
 * <p>It does not own the engine: close the sidecar first, then the engine. What is unanswered then stays in the inbox
 * and is answered after the next start.
 */
public final class Sidecar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

    private final KafkaStreams streams;
    private final LaneSettings settings;
    private final Duration closeTimeout;
    private final SidecarMeters meters;
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<KafkaStreams.State> ended = new CompletableFuture<>();

    private Sidecar(SidecarConfig config, LaneSettings settings, Operations operations) {
        this.settings = settings;
        this.closeTimeout = Duration.ofMillis(config.limits().closeTimeoutMs());
        StreamsBuilder builder = new StreamsBuilder();
        ModerationTopology.build(builder, settings);
        Properties properties = new Properties();
        properties.putAll(config.streamsProperties());
        this.streams = new KafkaStreams(builder.build(), properties, settings.clients());
        streams.setStateListener(this::stateChanged);
        streams.setUncaughtExceptionHandler(new ThreadReplacement());
        this.meters = SidecarMeters.bind(operations.meters(), settings, streams);
        operations.health().service(this::readiness);
    }

    /**
     * Looks whether the broker answers and the topics are there. {@link #start} does it too; whoever has a large model
     * to load first can know sooner.
     *
     * @throws TemperException saying in one line what is wrong and what to do
     */
    public static void requireCluster(SidecarConfig config) {
        List<String> wrong = ClusterCheck.run(config).stream()
                .filter(finding -> !finding.ok())
                .map(Finding::problem)
                .toList();
        if (!wrong.isEmpty()) {
            throw new TemperException(String.join(" | ", wrong));
        }
    }

    /** Starts one whose measurements nobody looks at. */
    public static Sidecar start(SidecarConfig config, GenerationEngine engine) {
        return start(config, engine, Operations.hidden());
    }

    /**
     * Checks cluster and registry, starts, and waits until it runs.
     *
     * @param engine what answers; stays the caller's
     * @param operations where it is measured; for this one sidecar, and the caller's to close
     * @throws TemperException if a check fails or it does not come to run in time; nothing is left running then
     */
    public static Sidecar start(SidecarConfig config, GenerationEngine engine, Operations operations) {
        requireCluster(config);
        LaneSettings settings = new LaneSettings(
                config, engine, EventCodec.factory(config.serde(), config.schemaRegistry()), operations.telemetry());
        SchemaRehearsal.run(settings);
        Sidecar sidecar;
        try {
            sidecar = new Sidecar(config, settings, operations);
        } catch (StreamsException | org.apache.kafka.common.config.ConfigException e) {
            throw new TemperException("kafka: " + e.getMessage(), e);
        }
        try {
            sidecar.streams.start();
            sidecar.running.get(config.limits().startTimeoutMs(), TimeUnit.MILLISECONDS);
            operations.health().started();
            return sidecar;
        } catch (TimeoutException e) {
            sidecar.close();
            throw new TemperException("the sidecar did not come to run within limits.start_timeout_ms ("
                    + config.limits().startTimeoutMs() + "); see the log, or raise it for a large inbox");
        } catch (ExecutionException e) {
            sidecar.close();
            throw new TemperException("the sidecar stopped while it started; see the log", e);
        } catch (StreamsException e) {
            sidecar.close();
            throw new TemperException("kafka: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            sidecar.close();
            Thread.currentThread().interrupt();
            throw new TemperException("the start was interrupted", e);
        }
    }

    private void stateChanged(KafkaStreams.State now, KafkaStreams.State before) {
        LOG.info("{} -> {}", before, now);
        switch (now) {
            case RUNNING -> running.complete(null);
            case ERROR, NOT_RUNNING -> {
                running.completeExceptionally(new IllegalStateException("the sidecar is " + now));
                ended.complete(now);
            }
            default -> {}
        }
    }

    /** Where Kafka Streams is in its life. */
    public KafkaStreams.State state() {
        return streams.state();
    }

    /** Whether prompts are being answered at this moment. */
    public Readiness readiness() {
        return Readiness.of(streams.state(), settings.deviceHealth(), settings.stopping());
    }

    /** Completes when the sidecar has ended: {@code NOT_RUNNING} after a close, {@code ERROR} when it gave up. */
    public CompletableFuture<KafkaStreams.State> ended() {
        return ended.copy();
    }

    /**
     * Stops within the configured time: nothing new is taken in, finished outcomes are committed, and what is unanswered
     * stays in the inbox. Static members keep their place in the group for a restart.
     */
    @Override
    public void close() {
        settings.stop();
        meters.close();
        if (!streams.close(closeTimeout)) {
            LOG.warn(
                    "the stream threads did not stop within {}; what they had not committed is done again",
                    closeTimeout);
        }
    }
}
