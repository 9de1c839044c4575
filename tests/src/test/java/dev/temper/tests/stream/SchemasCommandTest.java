package dev.temper.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.cli.Temper;
import dev.temper.sandbox.registry.EmbeddedRegistry;
import dev.temper.schemas.registry.CompatibilityLevel;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.SchemaRegistryClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemasCommandTest {
    private static final Schema THEIRS = SchemaBuilder.record("dev.temper.schemas.event.PromptEvent")
            .fields()
            .requiredInt("prompt")
            .endRecord();

    private final EmbeddedRegistry registry;
    private final Path config;
    private final StringWriter said = new StringWriter();

    SchemasCommandTest(@TempDir Path folder) throws IOException {
        registry = EmbeddedRegistry.start(folder.resolve("registry"), 0);
        config = Files.writeString(folder.resolve("temper.yaml"), """
                kafka: {bootstrap.servers: 'nowhere:1'}
                schema_registry: {schema.registry.url: '%s', auto.register.schemas: false}
                """.formatted(registry.url()));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private int temper(String... arguments) {
        PrintWriter out = new PrintWriter(said, true);
        return Temper.commandLine().setOut(out).setErr(out).execute(arguments);
    }

    private SchemaRegistryClient client() {
        return new SchemaRegistryClient(new RegistryConfig(Map.of("schema.registry.url", registry.url())));
    }

    @Test
    void shouldSayWhatIsMissingRegisterItAndFindItThere() {
        // When
        int before = temper("schemas", "check", "--config", config.toString());
        int registered =
                temper("schemas", "register", "--compatibility", "full_transitive", "--config", config.toString());
        int again = temper("schemas", "register", "--config", config.toString());
        int after = temper("schemas", "check", "--config", config.toString());

        // Then
        assertThat(before).isEqualTo(1);
        assertThat(registered).as(said.toString()).isZero();
        assertThat(again).isZero();
        assertThat(after).isZero();
        assertThat(said.toString().lines())
                .hasSize(4 * 7)
                .contains(
                        "WRONG subject temper.prompts-value: does not hold this version's schema, and would take it;"
                                + " register it: temper schemas register --config FILE",
                        "registered temper.prompts-value: id 1, FULL_TRANSITIVE",
                        "exists     temper.prompts-value: id 1, FULL_TRANSITIVE",
                        "ok    subject temper.prompts-value: holds this version's schema, id 1");
        assertThat(client().subjects()).hasSize(7);
    }

    @Test
    void shouldRegisterNothingWhereOneSchemaIsIncompatible() {
        // Given
        client().register("temper.prompts-value", THEIRS);
        client().setCompatibility("temper.prompts-value", CompatibilityLevel.BACKWARD);

        // When
        int code = temper("schemas", "register", "--config", config.toString());

        // Then
        assertThat(code).isEqualTo(1);
        assertThat(said.toString())
                .contains(
                        "WRONG subject temper.prompts-value: holds schemas that this version's would break (BACKWARD)")
                .contains("nothing was registered");
        assertThat(client().subjects()).containsExactly("temper.prompts-value");
    }

    @Test
    void shouldSayThatTheRegistryIsAway() {
        // Given
        registry.close();

        // When
        int code = temper("schemas", "check", "--config", config.toString());

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(said.toString()).contains("schema_registry: The schema registry did not answer");
    }
}
