package dev.temper.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.serde.TemperAvroSerde;
import dev.temper.schemas.testing.SampleEvents;
import dev.temper.schemas.testing.StubRegistry;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RejectHeadersTest {

    private final StubRegistry registry = new StubRegistry();
    private final TemperAvroSerde<RejectEvent> serde = new TemperAvroSerde<>();
    private final RecordHeaders headers = new RecordHeaders();

    @BeforeEach
    void configure() {
        serde.configure(Map.of("schema.registry.url", registry.url()), false);
        headers.add("traceparent", "00-1".getBytes(UTF_8));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void shouldSpeakAsKafkaStreamsDoes() {
        // When
        RejectHeaders.write(headers, Topics.REJECTS, SampleEvents.reject(), serde.serializer(), null);

        // Then
        assertThat(text("__streams.errors.exception")).isEqualTo("dev.temper.reject.INVALID_PARAMETERS");
        assertThat(text("__streams.errors.message")).isEqualTo("top_p must be in (0, 1], not 0.0");
        assertThat(text("__streams.errors.topic")).isEqualTo("temper.prompts");
        assertThat(text("__streams.errors.partition")).isEqualTo("3");
        assertThat(text("__streams.errors.offset")).isEqualTo("41");
        assertThat(text("traceparent")).isEqualTo("00-1");
    }

    @Test
    void shouldGiveTheEventBack() {
        // Given
        RejectHeaders.write(headers, Topics.REJECTS, SampleEvents.reject(), serde.serializer(), null);

        // When
        var event = RejectHeaders.read(headers, Topics.REJECTS, serde.deserializer());

        // Then
        assertThat(event).contains(SampleEvents.reject());
        assertThat(registry.lines()).contains("POST /subjects/temper.rejects-value/versions");
    }

    @Test
    void shouldFindNoEventOnARecordOfKafkaStreamsItself() {
        assertThat(RejectHeaders.read(headers, Topics.REJECTS, serde.deserializer()))
                .isEmpty();
    }

    @Test
    void shouldNameTheClassOfACauseButNotItsMessage() {
        // Given
        Exception cause = new IllegalStateException(SampleEvents.SECRET);

        // When
        RejectHeaders.write(headers, Topics.REJECTS, SampleEvents.reject(), serde.serializer(), cause);

        // Then
        assertThat(text("__streams.errors.exception")).isEqualTo("java.lang.IllegalStateException");
        assertThat(StreamSupport.stream(headers.spliterator(), false).map(header -> new String(header.value(), UTF_8)))
                .noneMatch(value -> value.contains(SampleEvents.SECRET));
    }

    @Test
    void shouldKeepOnlyTheNewestReject() {
        // Given
        RejectEvent again =
                RejectEvent.newBuilder(SampleEvents.reject()).setEventId("e-4").build();
        RejectHeaders.write(headers, Topics.REJECTS, SampleEvents.reject(), serde.serializer(), null);

        // When
        RejectHeaders.write(headers, Topics.REJECTS, again, serde.serializer(), null);

        // Then
        assertThat(headers.headers("temper.reject")).hasSize(1);
        assertThat(headers.headers("__streams.errors.offset")).hasSize(1);
        assertThat(RejectHeaders.read(headers, Topics.REJECTS, serde.deserializer()))
                .contains(again);
    }

    private String text(String name) {
        Header header = headers.lastHeader(name);
        return header == null ? "absent" : new String(header.value(), UTF_8);
    }
}
