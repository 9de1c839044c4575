package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.schemas.RejectHeaders;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.Assessment;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Generation;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.event.Stage;
import dev.temper.schemas.event.StageTimings;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Outcomes on the service's topics without the service: event i is one of partition i modulo 2, and flagged if i is even. */
final class PageEvents implements AutoCloseable {
    private final Backbone backbone;
    private final KafkaProducer<byte[], byte[]> producer;

    PageEvents(Backbone backbone) {
        this.backbone = backbone;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    static String flaggedId(int i) {
        return "flagged-" + i;
    }

    /** A result; and a flagged event of this text, where there is one. */
    void answer(int i, String tenant, Instant at, String flaggedText) {
        ResultEvent result = ResultEvent.newBuilder()
                .setEventId("result-" + i)
                .setPromptId("prompt-" + i)
                .setTenant(tenant)
                .setSource(source(i))
                .setText("an answer")
                .setFlagged(!flaggedText.isEmpty())
                .setAssessment(assessment(flaggedText))
                .setGeneration(generation(i))
                .setCompletedAt(at)
                .build();
        send(Topics.RESULTS, i, result);
        if (!flaggedText.isEmpty()) {
            FlaggedEvent flagged = FlaggedEvent.newBuilder()
                    .setEventId(flaggedId(i))
                    .setResultEventId("result-" + i)
                    .setPromptId("prompt-" + i)
                    .setTenant(tenant)
                    .setSource(source(i))
                    .setMessages(List.of(new Message(Role.USER, "question " + i)))
                    .setText(flaggedText)
                    .setAssessment(assessment(flaggedText))
                    .setGeneration(generation(i))
                    .setTrace(TokenTrace.newBuilder()
                            .setTokenIds(List.of(1, 2))
                            .setTokenTexts(List.of("first", " second"))
                            .setMargins(Map.of("toxicity", List.of(-0.5, 0.25)))
                            .build())
                    .setCompletedAt(at)
                    .build();
            send(Topics.FLAGGED, i, flagged);
        }
    }

    private static SourceCoordinates source(int i) {
        return new SourceCoordinates(Topics.PROMPTS, i % Backbone.PARTITIONS, (long) i);
    }

    private static Assessment assessment(String flaggedText) {
        boolean flagged = !flaggedText.isEmpty();
        return Assessment.newBuilder()
                .setAction(flagged ? Action.BLOCK : Action.ALLOW)
                .setSeverity(flagged ? 4 : 0)
                .setScores(
                        List.of(new CategoryScore("toxicity", flagged ? 0.875 : 0.125, 0.5, flagged, flagged ? 4 : 0)))
                .setPolicyVersion("v1")
                .build();
    }

    private static Generation generation(int i) {
        return Generation.newBuilder()
                .setModelId("m")
                .setModelHash("h")
                .setSubspaceHashes(Map.of("toxicity", "5ca1ab1e"))
                .setParameters(GenerationParameters.newBuilder()
                        .setMaxNewTokens(8)
                        .setTemperature(1)
                        .setSeed(i)
                        .setBetas(Map.of("toxicity", 2.0))
                        .build())
                .setUsage(TokenUsage.newBuilder()
                        .setPromptTokens(3)
                        .setOutputTokens(2)
                        .build())
                .setFinishReason(FinishReason.LENGTH)
                .setTimings(StageTimings.newBuilder().setTotalSeconds(0.1).build())
                .build();
    }

    void reject(int i, String tenant, Instant at) {
        RejectEvent reject = RejectEvent.newBuilder()
                .setEventId("reject-" + i)
                .setTenant(tenant)
                .setSource(source(i))
                .setReason(RejectReason.PROMPT_TOO_LONG)
                .setDetail("too long")
                .setStage(Stage.VALIDATION)
                .setRejectedAt(at)
                .build();
        RecordHeaders headers = new RecordHeaders();
        RejectHeaders.write(
                headers,
                Topics.REJECTS,
                reject,
                backbone.serde(RejectEvent.class).serializer(),
                null);
        producer.send(new ProducerRecord<>(
                Topics.REJECTS,
                i % Backbone.PARTITIONS,
                ("c" + i).getBytes(UTF_8),
                "no event".getBytes(UTF_8),
                headers));
    }

    private void send(String topic, int i, SpecificRecord event) {
        byte[] value = backbone.serde(SpecificRecord.class).serializer().serialize(topic, event);
        producer.send(new ProducerRecord<>(topic, i % Backbone.PARTITIONS, ("c" + i).getBytes(UTF_8), value));
    }

    @Override
    public void close() {
        producer.close();
    }
}
