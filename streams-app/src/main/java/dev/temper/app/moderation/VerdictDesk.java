package dev.temper.app.moderation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.moderation.query.PageException;
import dev.temper.app.moderation.store.Events;
import dev.temper.app.moderation.store.FlaggedJson;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.VerdictEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Reviewers' verdicts on their way to their topic. Thread-safe. */
final class VerdictDesk implements AutoCloseable {
    static final int LONGEST_NOTE = 2_000;
    static final int LONGEST_REVIEWER = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Set<String> KNOWN = Set.of("verdict", "reviewer", "note");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SidecarConfig config;
    private final String topic;
    private final Events events;
    private final Consumer<ReviewVerdict> published;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /** @param published is told of each verdict that the broker has */
    VerdictDesk(SidecarConfig config, Events events, Consumer<ReviewVerdict> published) {
        this.config = config;
        this.topic = config.topics().verdicts();
        this.events = events;
        this.published = published;
    }

    /** What a reviewer said. */
    record Said(
            ReviewVerdict verdict,
            String reviewer,
            @Nullable String note) {

        /** @throws PageException 400 where the body is not as it must be */
        static Said of(byte[] body) {
            JsonNode json;
            try {
                json = JSON.readTree(body);
            } catch (IOException e) {
                throw new PageException(400, "the body is no JSON object; send verdict, reviewer and note");
            }
            if (!json.isObject()) {
                throw new PageException(400, "the body is no JSON object; send verdict, reviewer and note");
            }
            json.fieldNames().forEachRemaining(name -> {
                if (!KNOWN.contains(name)) {
                    throw new PageException(
                            400, "the body has a field that is not known; send verdict, reviewer, note");
                }
            });
            ReviewVerdict verdict =
                    switch (json.path("verdict").asText()) {
                        case "toxic" -> ReviewVerdict.TOXIC;
                        case "not_toxic" -> ReviewVerdict.NOT_TOXIC;
                        case "unsure" -> ReviewVerdict.UNSURE;
                        default -> throw new PageException(400, "verdict must be toxic, not_toxic or unsure");
                    };
            String reviewer = text(json, "reviewer", LONGEST_REVIEWER);
            String note = text(json, "note", LONGEST_NOTE);
            return new Said(verdict, reviewer == null ? "" : reviewer, note);
        }

        private static @Nullable String text(JsonNode json, String name, int most) {
            JsonNode value = json.path(name);
            if (value.isMissingNode() || value.isNull()) {
                return null;
            }
            if (!value.isTextual() || value.asText().length() > most) {
                throw new PageException(400, name + " must be a text of at most " + most + " characters");
            }
            // Half a character, which JSON can name, is no text anywhere else.
            return new String(value.asText().getBytes(UTF_8), UTF_8);
        }
    }

    /**
     * Publishes a verdict; returns when the brokers have it.
     *
     * @param item what it is about
     * @throws PageException 503 where broker or registry do not take it
     */
    ObjectNode publish(JsonNode item, Said said) {
        String id = item.path("id").asText();
        VerdictEvent event = VerdictEvent.newBuilder()
                .setEventId(UUID.randomUUID().toString())
                .setFlaggedEventId(id)
                .setResultEventId(item.path("result_event_id").asText())
                .setPromptId(item.path("prompt_id").asText())
                .setTenant(item.path("tenant").asText())
                .setVerdict(said.verdict())
                .setReviewer(said.reviewer())
                .setNote(said.note())
                .setDecidedAt(Instant.ofEpochMilli(System.currentTimeMillis()))
                .build();
        try {
            send(id.getBytes(UTF_8), event);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new PageException(
                    503,
                    "the verdict is not published ("
                            + (cause == null ? e : cause).getClass().getSimpleName()
                            + "); the brokers and the schema registry must answer, then send it again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PageException(503, "the service stops; send the verdict again later");
        }
        published.accept(said.verdict());
        return FlaggedJson.verdict(event);
    }

    private void send(byte[] key, VerdictEvent event)
            throws ExecutionException, InterruptedException, TimeoutException {
        byte[] value;
        KafkaProducer<byte[], byte[]> open;
        synchronized (this) {
            value = events.write(topic, event);
            open = open();
        }
        open.send(new ProducerRecord<>(topic, key, value)).get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private KafkaProducer<byte[], byte[]> open() {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            Map<String, Object> settings = new HashMap<>(config.adminProperties());
            settings.put(ProducerConfig.ACKS_CONFIG, "all");
            settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
            settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
            settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis() / 2));
            settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
            settings.put(ProducerConfig.LINGER_MS_CONFIG, "0");
            settings.put(ProducerConfig.CLIENT_ID_CONFIG, "temper-page-verdicts");
            open = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
        events.close();
    }
}
