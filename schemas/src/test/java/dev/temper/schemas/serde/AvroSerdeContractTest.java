package dev.temper.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.testing.SampleEvents;
import dev.temper.schemas.testing.StubRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the pipeline relies on in an Avro serde, whichever the configuration names. {@code -Dtemper.serde=CLASS} runs it
 * with another class; the profile {@code confluent} does so with Confluent's.
 */
class AvroSerdeContractTest {

    private static final String SERDE = System.getProperty("temper.serde", AvroSerdes.DEFAULT_SERDE);
    private static final String TOPIC = "temper.prompts";

    private final StubRegistry registry = new StubRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    private <T extends SpecificRecord> Serde<T> serde(Class<T> type, Object... keysAndValues) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "schema.registry.url",
                registry.url(),
                "max.retries",
                1,
                "retries.wait.ms",
                1,
                "retries.max.wait.ms",
                1));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return AvroSerdes.values(SERDE, type, settings);
    }

    static Stream<SpecificRecord> events() {
        return Stream.of(
                SampleEvents.prompt(),
                SampleEvents.plainPrompt(),
                SampleEvents.result(),
                SampleEvents.flagged(),
                SampleEvents.reject());
    }

    @ParameterizedTest
    @MethodSource("events")
    @SuppressWarnings("unchecked")
    void shouldGiveBackWhatWasWritten(SpecificRecord event) {
        // Given
        Serde<SpecificRecord> serde = serde((Class<SpecificRecord>) event.getClass());

        // When
        byte[] bytes = serde.serializer().serialize(TOPIC, event);

        // Then
        assertThat(serde.deserializer().deserialize(TOPIC, bytes)).isEqualTo(event);
    }

    @Test
    void shouldWriteMagicByteAndSchemaIdFirst() {
        // Given
        registry.add("another", "\"string\"", null);

        // When
        byte[] bytes = serde(PromptEvent.class).serializer().serialize(TOPIC, SampleEvents.plainPrompt());

        // Then
        assertThat(Arrays.copyOf(bytes, 5)).containsExactly(0, 0, 0, 0, 2);
    }

    @Test
    void shouldPassTombstones() {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class);

        // When, Then
        assertThat(serde.serializer().serialize(TOPIC, null)).isNull();
        assertThat(serde.deserializer().deserialize(TOPIC, null)).isNull();
    }

    @Test
    void shouldRegisterTheSchemaAsItsFileHasIt() {
        // When
        serde(PromptEvent.class).serializer().serialize(TOPIC, SampleEvents.plainPrompt());

        // Then
        assertThat(registry.schemaText(1)).contains("\"name\":\"PromptEvent\"").doesNotContain("avro.java.string");
    }

    static Stream<List<String>> strategies() {
        return Stream.of(
                List.of("TopicNameStrategy", "temper.prompts-value"),
                List.of("RecordNameStrategy", "dev.temper.schemas.event.PromptEvent"),
                List.of("TopicRecordNameStrategy", "temper.prompts-dev.temper.schemas.event.PromptEvent"));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void shouldNameTheSubjectByStrategy(List<String> strategyAndSubject) {
        // Given
        String strategy = "io.confluent.kafka.serializers.subject." + strategyAndSubject.get(0);
        Serde<PromptEvent> serde = serde(PromptEvent.class, "value.subject.name.strategy", strategy);

        // When
        serde.serializer().serialize(TOPIC, SampleEvents.plainPrompt());

        // Then
        assertThat(registry.lines())
                .anyMatch(line -> line.startsWith("POST /subjects/" + strategyAndSubject.get(1) + "/versions"));
    }

    @Test
    void shouldNotRegisterWhenToldNotTo() {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class, "auto.register.schemas", false);

        // When, Then
        assertThatThrownBy(() -> serde.serializer().serialize(TOPIC, SampleEvents.plainPrompt()))
                .isInstanceOf(KafkaException.class);
        assertThat(registry.lines()).noneMatch(line -> line.contains("/versions"));
    }

    @Test
    void shouldReadAnOlderWriter() throws IOException {
        // Given
        Schema old = parse("[{'name':'prompt','type':['null','string'],'default':null}]");
        GenericRecord record =
                new GenericRecordBuilder(old).set("prompt", "hello").build();

        // When
        PromptEvent prompt = serde(PromptEvent.class).deserializer().deserialize(TOPIC, bytes(add(old), record));

        // Then
        assertThat(prompt).isEqualTo(PromptEvent.newBuilder().setPrompt("hello").build());
    }

    @Test
    void shouldReadANewerWriter() throws IOException {
        // Given
        Schema newer = parse(
                "[{'name':'messages','type':{'type':'array','items':{'type':'record','name':'Message',"
                        + "'fields':[{'name':'role','type':{'type':'enum','name':'Role','symbols':['USER','TOOL']}},"
                        + "{'name':'content','type':'string'},{'name':'attachments','type':{'type':'array','items':'bytes'}}]}}}]");
        Schema message = newer.getField("messages").schema().getElementType();
        GenericRecord tool = new GenericRecordBuilder(message)
                .set(
                        "role",
                        new org.apache.avro.generic.GenericData.EnumSymbol(
                                message.getField("role").schema(), "TOOL"))
                .set("content", "42")
                .set("attachments", List.of(ByteBuffer.wrap(new byte[] {1, 2, 3})))
                .build();
        GenericRecord record =
                new GenericRecordBuilder(newer).set("messages", List.of(tool)).build();

        // When
        PromptEvent prompt = serde(PromptEvent.class).deserializer().deserialize(TOPIC, bytes(add(newer), record));

        // Then
        assertThat(prompt.getMessages()).containsExactly(new Message(Role.UNKNOWN, "42"));
    }

    static Stream<byte[]> unreadable() {
        return Stream.of(
                new byte[] {},
                new byte[] {0},
                new byte[] {0, 0, 0, 0},
                "{\"prompt\":\"hello\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                new byte[] {1, 0, 0, 0, 1, 0, 0});
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void shouldBlameTheRecordForWhatIsNotWireFormat(byte[] bytes) {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class);

        // When
        Throwable failure = catchThrowable(() -> serde.deserializer().deserialize(TOPIC, bytes));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.UNREADABLE_RECORD);
    }

    @Test
    void shouldBlameTheRecordForATruncatedValue() {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class);
        byte[] bytes = serde.serializer().serialize(TOPIC, SampleEvents.prompt());

        // When
        Throwable failure =
                catchThrowable(() -> serde.deserializer().deserialize(TOPIC, Arrays.copyOf(bytes, bytes.length / 2)));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.UNREADABLE_RECORD);
    }

    @Test
    void shouldBlameTheRecordForAnUnknownSchema() {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class);

        // When
        Throwable failure =
                catchThrowable(() -> serde.deserializer().deserialize(TOPIC, new byte[] {0, 0, 0, 0, 77, 0, 0}));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.UNKNOWN_SCHEMA);
    }

    @Test
    void shouldBlameTheRecordForAnotherType() {
        // Given
        byte[] reject = serde(RejectEvent.class).serializer().serialize(TOPIC, SampleEvents.reject());
        Serde<ResultEvent> serde = serde(ResultEvent.class);

        // When
        Throwable failure = catchThrowable(() -> serde.deserializer().deserialize(TOPIC, reject));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure).recordAtFault()).isTrue();
    }

    @Test
    void shouldNotBlameTheRecordForAFailingRegistry() {
        // Given
        registry.answerAlways(503, "{\"error_code\":50301,\"message\":\"starting\"}");
        Serde<FlaggedEvent> serde = serde(FlaggedEvent.class);

        // When
        Throwable failure =
                catchThrowable(() -> serde.deserializer().deserialize(TOPIC, new byte[] {0, 0, 0, 0, 1, 0, 0}));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.REGISTRY_UNAVAILABLE);
    }

    @Test
    void shouldNotBlameTheRecordForARegistryThatIsGone() {
        // Given
        Serde<PromptEvent> serde = serde(PromptEvent.class);
        registry.close();

        // When
        Throwable failure =
                catchThrowable(() -> serde.deserializer().deserialize(TOPIC, new byte[] {0, 0, 0, 0, 1, 0, 0}));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.REGISTRY_UNAVAILABLE);
    }

    @Test
    void shouldNotBlameTheRecordForWrongCredentials() {
        // Given
        registry.answerAlways(401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
        Serde<PromptEvent> serde = serde(PromptEvent.class);

        // When
        Throwable failure =
                catchThrowable(() -> serde.deserializer().deserialize(TOPIC, new byte[] {0, 0, 0, 0, 1, 0, 0}));

        // Then
        assertThat(failure).isNotNull();
        assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.REGISTRY_REFUSED);
    }

    private static Schema parse(String fields) {
        return new Schema.Parser()
                .parse(("{'type':'record','name':'PromptEvent','namespace':'dev.temper.schemas.event','fields':"
                                + fields + "}")
                        .replace('\'', '"'));
    }

    private int add(Schema schema) {
        return registry.add(TOPIC + "-value", schema.toString(), null);
    }

    private static byte[] bytes(int id, GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
