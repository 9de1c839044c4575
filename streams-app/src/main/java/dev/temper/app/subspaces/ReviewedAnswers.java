package dev.temper.app.subspaces;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.topics.TopicClients;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.serde.AvroSerdes;
import dev.temper.schemas.serde.SerdeFailure;
import dev.temper.training.subspace.ReviewedAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verdicts topic joined with the flagged topic: of each flagged answer the newest verdict, if it is a label.
 *
 * @param answers in the order of the flagged events' ids
 * @param verdictOffsets per partition of the verdicts topic, the offset before which it was read
 * @param unsure newest verdicts that are no label
 * @param orphans verdicts whose flagged event is not in its topic (any more)
 * @param unreadable records of either topic that could not be read, or say what cannot be
 */
public record ReviewedAnswers(
        List<ReviewedAnswer> answers, Map<Integer, Long> verdictOffsets, int unsure, int orphans, int unreadable) {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewedAnswers.class);

    /** A verdict and where it stands. */
    private record Placed(VerdictEvent verdict, int partition, long timestamp) {}

    /**
     * Reads both topics to their ends.
     *
     * @throws dev.temper.runtime.TemperException if broker or registry do not answer
     */
    public static ReviewedAnswers read(SidecarConfig config) {
        return new Reader(config).read();
    }

    private static final class Reader {
        private final SidecarConfig config;
        private final TopicClients clients;
        private final Map<String, Placed> verdicts = new HashMap<>();
        private final Map<String, ReviewedAnswer> answers = new TreeMap<>();
        private int unreadable;

        Reader(SidecarConfig config) {
            this.config = config;
            this.clients = new TopicClients(config);
        }

        ReviewedAnswers read() {
            Map<Integer, Long> offsets = readAll(
                    config.topics().verdicts(),
                    VerdictEvent.class,
                    (record, deserializer) -> takeVerdict(record, deserializer));
            int all = verdicts.size();
            verdicts.values().removeIf(placed -> label(placed.verdict()).isEmpty());
            int unsure = all - verdicts.size();
            readAll(
                    config.topics().flagged(),
                    FlaggedEvent.class,
                    (record, deserializer) -> takeFlagged(record, deserializer));
            return new ReviewedAnswers(
                    List.copyOf(answers.values()), offsets, unsure, verdicts.size() - answers.size(), unreadable);
        }

        private interface Taker {
            void take(ConsumerRecord<byte[], byte[]> record, Deserializer<?> deserializer);
        }

        private <T extends SpecificRecord> Map<Integer, Long> readAll(String topic, Class<T> type, Taker taker) {
            return TopicClients.asked(() -> {
                try (Serde<T> serde = AvroSerdes.values(config.serde(), type, config.schemaRegistry())) {
                    return clients.read(topic, record -> taker.take(record, serde.deserializer()));
                }
            });
        }

        private void takeVerdict(ConsumerRecord<byte[], byte[]> record, Deserializer<?> deserializer) {
            String key = record.key() == null ? "" : new String(record.key(), UTF_8);
            if (record.value() == null) {
                verdicts.remove(key); // withdrawn
                return;
            }
            Optional<VerdictEvent> verdict = event(record, deserializer, VerdictEvent.class)
                    .filter(event -> event.getFlaggedEventId().equals(key) || complain(record, "has another key"));
            verdict.ifPresent(event -> {
                Placed placed = new Placed(event, record.partition(), record.timestamp());
                Placed known = verdicts.get(key);
                if (known == null
                        || known.partition() == placed.partition() // later in it
                        || known.timestamp() <= placed.timestamp()) {
                    verdicts.put(key, placed);
                }
            });
        }

        private void takeFlagged(ConsumerRecord<byte[], byte[]> record, Deserializer<?> deserializer) {
            event(record, deserializer, FlaggedEvent.class).ifPresent(flagged -> {
                Placed placed = verdicts.get(flagged.getEventId());
                if (placed != null) {
                    Optional<Prompt> prompt = prompt(flagged);
                    if (prompt.isPresent() && !flagged.getText().isEmpty()) {
                        answers.put(
                                flagged.getEventId(),
                                new ReviewedAnswer(
                                        flagged.getEventId(),
                                        prompt.get(),
                                        flagged.getText(),
                                        label(placed.verdict()).orElseThrow(),
                                        placed.verdict().getDecidedAt()));
                    } else {
                        complain(record, "has no conversation or no answer");
                    }
                }
            });
        }

        private <T> Optional<T> event(
                ConsumerRecord<byte[], byte[]> record, Deserializer<?> deserializer, Class<T> type) {
            try {
                Object event = record.value() == null ? null : deserializer.deserialize(record.topic(), record.value());
                if (type.isInstance(event)) {
                    return Optional.of(type.cast(event));
                }
            } catch (RuntimeException e) {
                if (!SerdeFailure.of(e).recordAtFault()) {
                    throw e;
                }
            }
            complain(record, "is no " + type.getSimpleName());
            return Optional.empty();
        }

        private boolean complain(ConsumerRecord<byte[], byte[]> record, String what) {
            unreadable++;
            LOG.warn(
                    "{}-{}, offset {}: the record {} and is passed over",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    what);
            return false;
        }
    }

    private static Optional<Boolean> label(VerdictEvent verdict) {
        ReviewVerdict said = verdict.getVerdict();
        return said == ReviewVerdict.TOXIC || said == ReviewVerdict.NOT_TOXIC
                ? Optional.of(said == ReviewVerdict.TOXIC)
                : Optional.empty();
    }

    private static Optional<Prompt> prompt(FlaggedEvent flagged) {
        if (flagged.getPrompt() != null) {
            return Optional.of(new Prompt.Plain(flagged.getPrompt()));
        }
        List<ChatMessage> chat = new ArrayList<>();
        for (Message message : flagged.getMessages()) {
            switch (message.getRole()) {
                case SYSTEM -> chat.add(new ChatMessage(ChatMessage.Role.SYSTEM, message.getContent()));
                case USER -> chat.add(new ChatMessage(ChatMessage.Role.USER, message.getContent()));
                case ASSISTANT -> chat.add(new ChatMessage(ChatMessage.Role.ASSISTANT, message.getContent()));
                case UNKNOWN -> {
                    return Optional.empty();
                }
            }
        }
        return chat.isEmpty() ? Optional.empty() : Optional.of(new Prompt.Chat(chat));
    }
}
