package dev.temper.tests.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Each commit of offsets takes a while, as a busy broker's may: what is not one transaction with it has then happened
 * already, and few kills do to show it.
 */
record SlowCommits(KafkaClientSupplier clients) implements KafkaClientSupplier {
    private static final long MS = 500;

    @Override
    @SuppressWarnings("unchecked") // the proxy is of the interface
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> settings) {
        Consumer<byte[], byte[]> quick = clients.getConsumer(settings);
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commitSync")) {
                        Thread.sleep(MS);
                    }
                    try {
                        return method.invoke(quick, arguments);
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
