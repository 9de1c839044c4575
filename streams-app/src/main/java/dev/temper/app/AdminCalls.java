package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/** Asking a cluster about itself, with one kind of failure: a value that says what to do. */
final class AdminCalls {
    private static final String TIMEOUT_MS = "10000";

    private AdminCalls() {}

    /** Asks the configured cluster; where it cannot be asked, {@code otherwise} makes something of the finding. */
    static <T> T ask(SidecarConfig config, Function<Admin, T> question, Function<Finding, T> otherwise) {
        return guarded(
                config,
                () -> {
                    try (Admin admin = open(config)) {
                        return question.apply(admin);
                    }
                },
                otherwise);
    }

    /** A client that gives up soon; the caller closes it. May fail as a question does. */
    static Admin open(SidecarConfig config) {
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        return Admin.create(settings);
    }

    /** Makes a finding of what Kafka throws. */
    static <T> T guarded(SidecarConfig config, Supplier<T> question, Function<Finding, T> otherwise) {
        String servers = servers(config);
        try {
            return question.get();
        } catch (TimeoutException e) {
            return otherwise.apply(Finding.wrong(
                    "broker",
                    "no broker answers at " + servers,
                    "start it, or correct kafka.bootstrap.servers and, on a secured cluster, kafka.security.protocol"));
        } catch (KafkaException e) {
            return otherwise.apply(Finding.wrong(
                    "broker",
                    servers + " cannot be used: " + rootMessage(e),
                    "correct the kafka section of the configuration"));
        }
    }

    static String servers(SidecarConfig config) {
        return String.valueOf(config.kafka().get("bootstrap.servers"));
    }

    /** @throws KafkaException what the cluster answered */
    static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage())
                .lines()
                .findFirst()
                .orElse(root.getClass().getSimpleName());
    }
}
