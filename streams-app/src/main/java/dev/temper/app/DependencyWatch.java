package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at cluster and registry again and again, each on a thread of its own, so that whoever asks never waits for them.
 * Thread-safe.
 */
final class DependencyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DependencyWatch.class);

    /** A look that takes so much longer than its turn hangs. */
    private static final long SLOWEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(45);

    private record Seen(List<Finding> findings, long atNanos) {}

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "temper-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final Cluster cluster;
    private final List<Look> looks;
    private final long staleNanos;

    private DependencyWatch(SidecarConfig config, long intervalMs) {
        cluster = new Cluster(config);
        Registry registry = new Registry(config);
        looks = List.of(new Look("broker", cluster::look), new Look("registry", registry::look));
        staleNanos = TimeUnit.MILLISECONDS.toNanos(intervalMs) + SLOWEST_LOOK_NANOS;
        looks.forEach(look -> threads.scheduleWithFixedDelay(look, 0, intervalMs, TimeUnit.MILLISECONDS));
    }

    /** Starts to look, so many milliseconds after each look again. */
    static DependencyWatch start(SidecarConfig config, long intervalMs) {
        return new DependencyWatch(config, intervalMs);
    }

    /** What was seen last: the broker, the topics, the registry. Returns at once. */
    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        for (Look look : looks) {
            Seen seen = look.seen;
            long age = System.nanoTime() - seen.atNanos();
            if (age > staleNanos) {
                all.add(Finding.wrong(
                        look.subject, "has not answered for " + TimeUnit.NANOSECONDS.toSeconds(age) + " s", ""));
            } else {
                all.addAll(seen.findings());
            }
        }
        return all;
    }

    /** Does not wait for a look that is under way. */
    @Override
    public void close() {
        threads.execute(cluster::close);
        threads.shutdown();
    }

    /** One thing that is looked at. Its thread alone runs it; any thread reads what it saw. */
    private static final class Look implements Runnable {
        private final String subject;
        private final Supplier<List<Finding>> question;
        private volatile Seen seen;

        Look(String subject, Supplier<List<Finding>> question) {
            this.subject = subject;
            this.question = question;
            this.seen = new Seen(List.of(Finding.wrong(subject, "has not been looked at yet", "")), System.nanoTime());
        }

        @Override
        public void run() {
            List<Finding> findings;
            try {
                findings = List.copyOf(question.get());
            } catch (RuntimeException e) { // one that got out would end the series
                findings = List.of(Finding.wrong(
                        subject, "looking at it failed with " + e.getClass().getName(), "please report it"));
            }
            boolean was = isWell(seen.findings());
            if (was != isWell(findings)) {
                LOG.info("{}: {}", subject, was ? "is not as it must be any more" : "is well");
            }
            seen = new Seen(findings, System.nanoTime());
        }

        private static boolean isWell(List<Finding> findings) {
            return findings.stream().allMatch(Finding::ok);
        }
    }

    /** Keeps its client: a new one each time would be a new connection each time. */
    private static final class Cluster {
        private final SidecarConfig config;
        private @Nullable Admin admin;
        private boolean closed;

        Cluster(SidecarConfig config) {
            this.config = config;
        }

        synchronized List<Finding> look() {
            if (closed) {
                return List.of();
            }
            return AdminCalls.guarded(config, () -> ClusterCheck.run(config, client()), List::of);
        }

        private Admin client() {
            Admin open = admin;
            if (open == null) {
                open = AdminCalls.open(config);
                admin = open;
            }
            return open;
        }

        synchronized void close() {
            closed = true;
            if (admin != null) {
                admin.close();
            }
        }
    }

    private static final class Registry {
        private final SidecarConfig config;
        private @Nullable SchemaRegistryClient client;

        Registry(SidecarConfig config) {
            this.config = config;
        }

        synchronized List<Finding> look() {
            SchemaRegistryClient open = client;
            if (open == null) {
                open = RegistryCheck.client(config);
                client = open;
            }
            return List.of(RegistryCheck.run(open));
        }
    }
}
