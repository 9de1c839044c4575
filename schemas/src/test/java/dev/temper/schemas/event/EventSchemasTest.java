package dev.temper.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.testing.SampleEvents;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every schema of this module owes to those who read and evolve it. */
class EventSchemasTest {

    static Stream<Schema> types() {
        Set<Schema> all = new LinkedHashSet<>();
        Stream.of(
                        PromptEvent.SCHEMA$,
                        ResultEvent.SCHEMA$,
                        FlaggedEvent.SCHEMA$,
                        RejectEvent.SCHEMA$,
                        PolicyEvent.SCHEMA$,
                        VerdictEvent.SCHEMA$,
                        SubspaceEvent.SCHEMA$)
                .forEach(schema -> collect(schema, all));
        return all.stream();
    }

    private static void collect(Schema schema, Set<Schema> all) {
        switch (schema.getType()) {
            case RECORD -> {
                if (all.add(schema)) {
                    schema.getFields().forEach(field -> collect(field.schema(), all));
                }
            }
            case ENUM -> all.add(schema);
            case ARRAY -> collect(schema.getElementType(), all);
            case MAP -> collect(schema.getValueType(), all);
            case UNION -> schema.getTypes().forEach(branch -> collect(branch, all));
            default -> {
                // Primitive types own nothing.
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldSayWhatEachTypeAndFieldIs(Schema schema) {
        assertThat(schema.getDoc()).isNotBlank();
        if (schema.getType() == Schema.Type.RECORD) {
            assertThat(schema.getFields())
                    .allSatisfy(field -> assertThat(field.doc()).isNotBlank());
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldGiveOptionalFieldsNullAsDefault(Schema schema) {
        if (schema.getType() == Schema.Type.RECORD) {
            assertThat(schema.getFields())
                    .filteredOn(field -> field.schema().isNullable())
                    .allSatisfy(field -> {
                        assertThat(field.hasDefaultValue()).isTrue();
                        assertThat(field.schema().getTypes().get(0).getType()).isEqualTo(Schema.Type.NULL);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldReadNewSymbolsAsUnknown(Schema schema) {
        if (schema.getType() == Schema.Type.ENUM) {
            assertThat(schema.getEnumDefault()).isEqualTo("UNKNOWN");
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldKeepTimesAsMilliseconds(Schema schema) {
        if (schema.getType() == Schema.Type.RECORD) {
            assertThat(schema.getFields())
                    .filteredOn(field -> field.name().endsWith("_at"))
                    .allSatisfy(field -> assertThat(timeType(field.schema()).getLogicalType())
                            .isEqualTo(LogicalTypes.timestampMillis()));
        }
    }

    private static Schema timeType(Schema schema) {
        return schema.isUnion() ? schema.getTypes().get(1) : schema;
    }

    static Stream<SpecificRecord> events() {
        return Stream.of(
                SampleEvents.prompt(),
                SampleEvents.plainPrompt(),
                SampleEvents.result(),
                SampleEvents.flagged(),
                SampleEvents.reject(),
                SampleEvents.policy(),
                SampleEvents.verdict(),
                SampleEvents.subspace());
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldNeverShowWhatWasSaid(SpecificRecord event) {
        // When
        String shown = event.toString();

        // Then
        assertThat(shown)
                .doesNotContain(SampleEvents.SECRET)
                .startsWith(event.getSchema().getName());
    }

    @Test
    void shouldShowTheSizeOfWhatWasSaid() {
        // Given
        Message message = new Message(Role.USER, SampleEvents.SECRET);

        // When
        String shown = message.toString();

        // Then
        assertThat(shown).isEqualTo("Message[role=USER, content=<18 characters>]");
    }

    @Test
    void shouldMakeAPromptOfDefaults() {
        // When
        PromptEvent prompt = PromptEvent.newBuilder().build();

        // Then
        assertThat(prompt.getTenant()).isEqualTo("default");
        assertThat(prompt.getMessages()).isEmpty();
        assertThat(prompt.getPrompt()).isNull();
        assertThat(prompt.getParameters()).isNull();
    }
}
