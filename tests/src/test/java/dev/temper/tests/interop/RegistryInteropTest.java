package dev.temper.tests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.registry.CompatibilityLevel;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.SchemaReference;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.serde.AvroSerdes;
import dev.temper.schemas.serde.SerdeFailure;
import dev.temper.tests.Requirement;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Our serdes and our client on registries that run, the embedded one and one that others wrote. */
class RegistryInteropTest {
    private static final List<Class<? extends SpecificRecord>> EVENTS = List.of(
            PromptEvent.class,
            ResultEvent.class,
            FlaggedEvent.class,
            RejectEvent.class,
            PolicyEvent.class,
            VerdictEvent.class,
            SubspaceEvent.class);
    private static final String SERDE = System.getProperty("temper.serde", AvroSerdes.DEFAULT_SERDE);

    private static final Schema SMALL =
            SchemaBuilder.record("test.Fruit").fields().requiredString("name").endRecord();
    private static final Schema WITH_DEFAULT = SchemaBuilder.record("test.Fruit")
            .fields()
            .requiredString("name")
            .name("ripe")
            .type()
            .booleanType()
            .booleanDefault(true)
            .endRecord();
    private static final Schema BROKEN = SchemaBuilder.record("test.Fruit")
            .fields()
            .requiredString("name")
            .requiredInt("weight")
            .endRecord();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    /** A topic of each test's own: one registry serves them all. */
    private final String topic = "topic-" + UUID.randomUUID();

    private RegistryServer.Reach start(RegistryServer server) throws Exception {
        Requirement.INTEROP.holds(server.missing());
        return server.start(folder);
    }

    private static SchemaRegistryClient client(RegistryServer.Reach registry) {
        return new SchemaRegistryClient(new RegistryConfig(registry.settings()));
    }

    private static <T extends SpecificRecord> Serde<T> serde(
            RegistryServer.Reach registry, Class<T> type, String... keysAndValues) {
        Map<String, Object> settings = new HashMap<>(registry.settings());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return AvroSerdes.values(SERDE, type, settings);
    }

    static Stream<Arguments> serversAndStrategies() {
        return Stream.of(RegistryServer.values())
                .flatMap(server -> Stream.of("TopicNameStrategy", "RecordNameStrategy", "TopicRecordNameStrategy")
                        .map(strategy -> arguments(server, strategy)));
    }

    @ParameterizedTest
    @MethodSource("serversAndStrategies")
    void shouldCarryEveryEventToAnotherProcess(RegistryServer server, String strategy) throws Exception {
        String name = "io.confluent.kafka.serializers.subject." + strategy;
        try (RegistryServer.Reach registry = start(server)) {
            for (Class<? extends SpecificRecord> type : EVENTS) {
                // Given
                SpecificRecord event = RandomEvents.of(type, 7);
                String place = topic + "-" + type.getSimpleName();

                // When
                byte[] bytes = write(registry, type, place, event, "value.subject.name.strategy", name);
                Object read = serde(registry, type).deserializer().deserialize(place, bytes);

                // Then
                assertThat(read).isEqualTo(event);
                assertThat(client(registry).subjects())
                        .contains(
                                switch (strategy) {
                                    case "TopicNameStrategy" -> place + "-value";
                                    case "RecordNameStrategy" -> type.getName();
                                    default -> place + "-" + type.getName();
                                });
            }
        }
    }

    @SuppressWarnings("unchecked") // Avro serializers take any record
    private static byte[] write(
            RegistryServer.Reach registry,
            Class<? extends SpecificRecord> type,
            String topic,
            SpecificRecord event,
            String... keysAndValues) {
        Serde<SpecificRecord> serde = serde(registry, (Class<SpecificRecord>) type, keysAndValues);
        return serde.serializer().serialize(topic, event);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteOnlyWhatIsDeployedWhereNothingMayBeRegistered(RegistryServer server) throws Exception {
        // Given
        PromptEvent event = RandomEvents.of(PromptEvent.class, 3);
        String[] careful = {"auto.register.schemas", "false"};
        String[] newest = {"auto.register.schemas", "false", "use.latest.version", "true"};
        try (RegistryServer.Reach registry = start(server)) {
            Throwable before = catchThrowable(() -> write(registry, PromptEvent.class, topic, event, careful));
            List<String> subjects = client(registry).subjects();

            // When
            byte[] registered = write(registry, PromptEvent.class, topic, event);
            byte[] after = write(registry, PromptEvent.class, topic, event, careful);
            byte[] latest = write(registry, PromptEvent.class, topic, event, newest);

            // Then
            assertThat(before).isInstanceOf(KafkaException.class);
            assertThat(SerdeFailure.of(before)).isEqualTo(SerdeFailure.REGISTRY_REFUSED);
            assertThat(subjects).noneMatch(subject -> subject.startsWith(topic));
            assertThat(after).isEqualTo(registered);
            assertThat(latest).isEqualTo(registered);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayBeforehandWhatTheRegistryWouldRefuse(RegistryServer server) throws Exception {
        try (RegistryServer.Reach registry = start(server)) {
            // Given
            SchemaRegistryClient client = client(registry);
            String subject = topic + "-value";
            boolean intoNothing = client.isCompatible(subject, SMALL);
            int first = client.register(subject, SMALL);

            // When
            client.setCompatibility(subject, CompatibilityLevel.FULL_TRANSITIVE);
            boolean good = client.isCompatible(subject, WITH_DEFAULT);
            boolean bad = client.isCompatible(subject, BROKEN);
            int second = client.register(subject, WITH_DEFAULT);

            // Then
            assertThat(intoNothing).isTrue();
            assertThat(client.compatibility(subject)).isEqualTo(CompatibilityLevel.FULL_TRANSITIVE);
            assertThat(good).isTrue();
            assertThat(bad).isFalse();
            assertThat(second).isNotEqualTo(first);
            assertThatThrownBy(() -> client.register(subject, BROKEN))
                    .isInstanceOf(RegistryRefusedException.class)
                    .hasMessageContaining("breaks the subject's compatibility");
            SchemaRegistryClient fresh = client(registry);
            assertThat(fresh.versions(subject)).containsExactly(1, 2);
            assertThat(fresh.latest(subject).schema()).isEqualTo(WITH_DEFAULT);
            assertThat(fresh.lookup(subject, SMALL)).isEqualTo(first);
            assertThat(fresh.schemaById(second)).isEqualTo(WITH_DEFAULT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldResolveReferences(RegistryServer server) throws Exception {
        try (RegistryServer.Reach registry = start(server)) {
            // Given
            String basket = """
                    {"type": "record", "name": "test.Basket", "fields": [
                        {"name": "fruits", "type": {"type": "array", "items": "test.Fruit"}}]}""";
            client(registry).register(topic + "-fruit", SMALL);

            // When
            int id = client(registry)
                    .register(
                            topic + "-value", basket, List.of(new SchemaReference("test.Fruit", topic + "-fruit", 1)));
            Schema read = client(registry).schemaById(id);

            // Then
            assertThat(read.getField("fruits").schema().getElementType()).isEqualTo(SMALL);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldBlameTheRecordForAnIdThatTheRegistryDoesNotHave(RegistryServer server) throws Exception {
        try (RegistryServer.Reach registry = start(server)) {
            // When
            Throwable failure = catchThrowable(() -> serde(registry, PromptEvent.class)
                    .deserializer()
                    .deserialize(topic, new byte[] {0, 0x7f, 0, 0, 1, 0, 0}));

            // Then
            assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.UNKNOWN_SCHEMA);
        }
    }

    @Test
    void shouldNotBlameTheRecordForAWrongPassword() throws Exception {
        try (RegistryServer.Reach registry = start(RegistryServer.APICURIO)) {
            // When
            Throwable failure = catchThrowable(
                    () -> serde(registry, PromptEvent.class, "basic.auth.user.info", "temper:battery-staple")
                            .deserializer()
                            .deserialize(topic, new byte[] {0, 0, 0, 0, 1, 0, 0}));

            // Then
            assertThat(SerdeFailure.of(failure)).isEqualTo(SerdeFailure.REGISTRY_REFUSED);
            assertThat(failure).hasMessageContaining("HTTP 401").hasMessageNotContaining("battery-staple");
        }
    }
}
