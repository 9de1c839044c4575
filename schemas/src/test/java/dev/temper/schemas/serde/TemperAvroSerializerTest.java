package dev.temper.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.RegistryUnavailableException;
import dev.temper.schemas.testing.SampleEvents;
import dev.temper.schemas.testing.StubRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the built-in serializer does beyond the contract. */
class TemperAvroSerializerTest {

    private static final String TOPIC = "t";

    private final StubRegistry registry = new StubRegistry();

    @AfterEach
    void stop() {
        registry.close();
    }

    private Map<String, Object> settings(Object... keysAndValues) {
        Map<String, Object> settings = new HashMap<>(
                Map.of("schema.registry.url", registry.url(), "max.retries", 0, "specific.avro.reader", true));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return settings;
    }

    private <T extends org.apache.avro.specific.SpecificRecord> TemperAvroSerializer<T> serializer(
            Object... keysAndValues) {
        TemperAvroSerializer<T> serializer = new TemperAvroSerializer<>();
        serializer.configure(settings(keysAndValues), false);
        return serializer;
    }

    @Test
    void shouldAskTheRegistryOnce() {
        // Given
        TemperAvroSerializer<PromptEvent> serializer = serializer();

        // When
        serializer.serialize(TOPIC, SampleEvents.prompt());
        serializer.serialize(TOPIC, SampleEvents.plainPrompt());

        // Then
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void shouldUseTheIdOfASchemaThatWasDeployedFromItsFile() {
        // Given
        registry.add("another", "\"string\"", null);
        String file = SchemaProperties.withoutJava(PromptEvent.SCHEMA$).toString();
        int id = registry.add("t-value", file, null);

        // When
        byte[] bytes =
                this.<PromptEvent>serializer("auto.register.schemas", "false").serialize(TOPIC, SampleEvents.prompt());

        // Then
        assertThat(WireFormat.schemaId(Objects.requireNonNull(bytes))).isEqualTo(id);
    }

    @Test
    void shouldTellAnUnregisteredSchemaFromAnUnreachableRegistry() {
        // Given
        TemperAvroSerializer<PromptEvent> serializer = serializer("auto.register.schemas", false);
        assertThatThrownBy(() -> serializer.serialize(TOPIC, SampleEvents.prompt()))
                .isInstanceOf(RegistryRefusedException.class);

        // When
        registry.close();

        // Then
        assertThatThrownBy(() -> serializer.serialize(TOPIC, SampleEvents.prompt()))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void shouldWriteTheLatestVersionWhenAsked() {
        // Given
        Schema own = SchemaProperties.withoutJava(CategoryScore.SCHEMA$);
        String latest = "{\"type\":\"record\",\"name\":\"CategoryScore\",\"namespace\":\"dev.temper.schemas.event\","
                + "\"fields\":[{\"name\":\"score\",\"type\":\"double\"},{\"name\":\"category\",\"type\":\"string\"},"
                + "{\"name\":\"note\",\"type\":\"string\",\"default\":\"none\"}]}";
        registry.add("t-value", own.toString(), null);
        int id = registry.add("t-value", latest, null);
        TemperAvroDeserializer<CategoryScore> deserializer = new TemperAvroDeserializer<>();
        deserializer.configure(settings(), false);
        CategoryScore score = new CategoryScore("insult", 0.5, 0.4, true, 2);

        // When
        byte[] bytes = this.<CategoryScore>serializer("auto.register.schemas", false, "use.latest.version", true)
                .serialize(TOPIC, score);

        // Then
        assertThat(WireFormat.schemaId(Objects.requireNonNull(bytes))).isEqualTo(id);
        assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(new CategoryScore("insult", 0.5, null, false, 0));
    }

    @Test
    void shouldRefuseALatestVersionThatCannotReadOurs() {
        // Given
        String latest = "{\"type\":\"record\",\"name\":\"dev.temper.schemas.event.CategoryScore\",\"fields\":["
                + "{\"name\":\"note\",\"type\":\"string\"}]}";
        registry.add("t-value", latest, null);
        TemperAvroSerializer<CategoryScore> serializer =
                serializer("auto.register.schemas", false, "use.latest.version", true);

        // When, Then
        assertThatThrownBy(() -> serializer.serialize(TOPIC, new CategoryScore("insult", 0.5, null, false, 0)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("cannot read what this version writes");
    }

    @Test
    void shouldRefuseARecordWithoutARequiredFieldAndNotQuoteIt() {
        // Given
        RejectEvent event = RejectEvent.newBuilder(SampleEvents.reject())
                .setDetail(SampleEvents.SECRET)
                .build();
        event.setSource(null);

        // When, Then
        assertThatThrownBy(() -> this.<RejectEvent>serializer().serialize(TOPIC, event))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("dev.temper.schemas.event.RejectEvent does not fit its schema")
                .hasNoCause()
                .hasMessageNotContaining(SampleEvents.SECRET);
    }

    @Test
    void shouldRefuseSettingsThatItDoesNotHave() {
        assertThatThrownBy(() -> serializer("use.schema.id", 3)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> serializer("value.subject.name.strategy", "com.acme.OurStrategy"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("TopicNameStrategy");
    }

    @Test
    void shouldNameTheCureForAMissingSerdeClass() {
        assertThatThrownBy(() -> AvroSerdes.values("io.confluent.Nowhere", PromptEvent.class, settings()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("-Pconfluent");
        assertThatThrownBy(() -> AvroSerdes.values("java.lang.String", PromptEvent.class, settings()))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void shouldReadAsTheTypeThatIsConfigured() {
        // Given
        String foreign = "{\"type\":\"record\",\"name\":\"com.acme.CategoryScore\",\"fields\":["
                + "{\"name\":\"category\",\"type\":\"string\"},{\"name\":\"score\",\"type\":\"double\"}]}";
        byte[] bytes = {0, 0, 0, 0, (byte) registry.add("x", foreign, null), 2, 'a', 0, 0, 0, 0, 0, 0, (byte) 0xe0, 0x3f
        };
        TemperAvroDeserializer<CategoryScore> deserializer = new TemperAvroDeserializer<>();
        deserializer.configure(settings("specific.avro.value.type", CategoryScore.class), false);

        // When
        CategoryScore score = deserializer.deserialize(TOPIC, bytes);

        // Then
        assertThat(score).isEqualTo(new CategoryScore("a", 0.5, null, false, 0));
    }
}
