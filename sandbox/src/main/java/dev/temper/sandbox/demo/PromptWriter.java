package dev.temper.sandbox.demo;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Sends prompts as any client of the sidecar would: Avro events, keyed by conversation. Thread-safe. */
public final class PromptWriter implements AutoCloseable {
    private final KafkaProducer<String, PromptEvent> producer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    PromptWriter(SidecarConfig config) {
        this(config, Duration.ofMillis(5));
    }

    /** @param linger how long a prompt waits for others to be sent with */
    public PromptWriter(SidecarConfig config, Duration linger) {
        topic = config.topics().prompts();
        Map<String, Object> settings = new HashMap<>(config.adminProperties());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, linger.toMillis());
        producer = new KafkaProducer<>(
                settings,
                new StringSerializer(),
                AvroSerdes.values(config.serde(), PromptEvent.class, config.schemaRegistry())
                        .serializer());
    }

    public void send(String id, String conversation, List<ChatMessage> messages) {
        PromptEvent event = PromptEvent.newBuilder()
                .setId(id)
                .setMessages(messages.stream().map(PromptWriter::message).toList())
                .setCreatedAt(Instant.now())
                .build();
        producer.send(new ProducerRecord<>(topic, conversation, event), (metadata, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
    }

    /**
     * Waits until the broker has all that was sent.
     *
     * @throws TemperException when it has not
     */
    public void flush() {
        producer.flush();
        Exception e = failure.get();
        if (e != null) {
            throw new TemperException("The broker did not take a prompt: " + e.getMessage() + "; see the log", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    private static Message message(ChatMessage message) {
        Role role =
                switch (message.role()) {
                    case SYSTEM -> Role.SYSTEM;
                    case USER -> Role.USER;
                    case ASSISTANT -> Role.ASSISTANT;
                };
        return Message.newBuilder().setRole(role).setContent(message.content()).build();
    }
}
