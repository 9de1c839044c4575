package dev.temper.tests.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Offsets are committed every half minute: whenever one is killed, much has happened since. */
record RareCommits(KafkaClientSupplier clients) implements KafkaClientSupplier {
    private static final long GAP_NANOS = 30_000_000_000L;

    @Override
    @SuppressWarnings("unchecked") // the proxy is of the interface
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> settings) {
        Consumer<byte[], byte[]> eager = clients.getConsumer(settings);
        AtomicLong last = new AtomicLong(System.nanoTime());
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commitSync")) {
                        if (System.nanoTime() - last.get() < GAP_NANOS) {
                            return null;
                        }
                        last.set(System.nanoTime());
                    }
                    try {
                        return method.invoke(eager, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public Admin getAdmin(Map<String, Object> settings) {
        return clients.getAdmin(settings);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> settings) {
        return clients.getProducer(settings);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> settings) {
        return clients.getRestoreConsumer(settings);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> settings) {
        return clients.getGlobalConsumer(settings);
    }
}
