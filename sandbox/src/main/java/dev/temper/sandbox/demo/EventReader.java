package dev.temper.sandbox.demo;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.sandbox.demo.Outcome.Asked;
import dev.temper.schemas.HeaderNames;
import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.serde.AvroSerdes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Turns records of the four topics into entries of the ledger. One thread. */
final class EventReader {
    private final TopicsConfig topics;
    private final Deserializer<PromptEvent> prompts;
    private final Deserializer<ResultEvent> results;
    private final Deserializer<FlaggedEvent> flagged;
    private final Deserializer<RejectEvent> rejects;

    EventReader(SidecarConfig config) {
        topics = config.topics();
        prompts = deserializer(config, PromptEvent.class);
        results = deserializer(config, ResultEvent.class);
        flagged = deserializer(config, FlaggedEvent.class);
        rejects = deserializer(config, RejectEvent.class);
    }

    private static <T extends SpecificRecord> Deserializer<T> deserializer(SidecarConfig config, Class<T> type) {
        return AvroSerdes.values(config.serde(), type, config.schemaRegistry()).deserializer();
    }

    void read(ConsumerRecord<byte[], byte[]> record, Ledger ledger) {
        String topic = record.topic();
        if (topic.equals(topics.prompts())) {
            ledger.prompt(new Coordinates(topic, record.partition(), record.offset()), asked(record));
        } else if (topic.equals(topics.results())) {
            ResultEvent event = results.deserialize(topic, record.value());
            ledger.result(coordinates(event.getSource()), answered(event));
        } else if (topic.equals(topics.flagged())) {
            FlaggedEvent event = flagged.deserialize(topic, record.value());
            ledger.flagged(coordinates(event.getSource()), event.getText());
        } else if (topic.equals(topics.rejects())) {
            reject(record, ledger);
        }
    }

    /** A prompt that cannot be read is a prompt all the same: it is owed a reject. */
    private Asked asked(ConsumerRecord<byte[], byte[]> record) {
        String conversation = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        try {
            PromptEvent event = prompts.deserialize(record.topic(), record.value());
            if (event != null) {
                return new Asked(Optional.ofNullable(event.getId()).orElse(""), conversation, lastText(event));
            }
        } catch (SerializationException unreadable) {
            // Shown below as what it is.
        }
        return new Asked("", conversation, "(unreadable record)");
    }

    private static String lastText(PromptEvent event) {
        List<Message> messages = event.getMessages();
        if (messages.isEmpty()) {
            return Optional.ofNullable(event.getPrompt()).orElse("");
        }
        return messages.get(messages.size() - 1).getContent();
    }

    private static Outcome.Answered answered(ResultEvent event) {
        Map<String, Double> scores = new LinkedHashMap<>();
        for (CategoryScore score : event.getAssessment().getScores()) {
            scores.put(score.getCategory(), score.getScore());
        }
        return new Outcome.Answered(
                new Asked(event.getPromptId(), "", ""),
                event.getText(),
                event.getTextIsRefusal(),
                event.getFlagged(),
                Optional.empty(),
                scores,
                event.getAssessment().getSeverity(),
                event.getGeneration().getFinishReason().name(),
                event.getGeneration().getUsage().getOutputTokens(),
                event.getGeneration().getTimings().getTotalSeconds());
    }

    private void reject(ConsumerRecord<byte[], byte[]> record, Ledger ledger) {
        Headers headers = record.headers();
        Coordinates at = new Coordinates(
                text(headers, HeaderNames.ERROR_TOPIC),
                Integer.parseInt(text(headers, HeaderNames.ERROR_PARTITION)),
                Long.parseLong(text(headers, HeaderNames.ERROR_OFFSET)));
        Asked nobody = new Asked("", "", "");
        ledger.reject(
                at,
                RejectHeaders.read(headers, record.topic(), rejects)
                        .map(event ->
                                new Outcome.Rejected(nobody, event.getReason().name(), event.getDetail()))
                        .orElseGet(() -> new Outcome.Rejected(
                                nobody, "STREAMS_ERROR", text(headers, HeaderNames.ERROR_EXCEPTION))));
    }

    private static Coordinates coordinates(SourceCoordinates source) {
        return new Coordinates(source.getTopic(), source.getPartition(), source.getOffset());
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
