package dev.temper.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs no broker; publishing is under test with one. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class PolicyCommandTest {
    private static final String SIDECAR = """
            kafka: {bootstrap.servers: 'none:1'}
            schema_registry: {schema.registry.url: 'http://none'}
            """;

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();

    private int temper(String... arguments) {
        PrintWriter out = new PrintWriter(said, true);
        return Temper.commandLine().setOut(out).setErr(out).execute(arguments);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void shouldSayWhatAPolicyIsThatMayBePublished() throws IOException {
        // When
        int code = temper(
                "policy",
                "check",
                file("p.yaml", "{tenant: acme, version: a1, blocklists: {fruit: {action: audit, phrases: [quince]}}}"),
                "--config",
                file("temper.yaml", SIDECAR));

        // Then
        assertThat(code).isZero();
        assertThat(said)
                .hasToString("ok    tenant acme: version a1 (0 categories, 1 blocklists)" + System.lineSeparator());
    }

    @Test
    void shouldSayInOneLineWhyAPolicyMayNotBePublished() throws IOException {
        // When
        int code = temper("policy", "check", file("p.yaml", "blocklists: {fruit: {action: block, phrases: ['...']}}"));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(said.toString().lines()).singleElement().asString().contains("p.yaml: blocklists.fruit", "phrase 1");
    }

    @Test
    void shouldRefuseCategoriesThatNoScorerPublishes() throws IOException {
        // When
        int code = temper(
                "policy",
                "check",
                file("p.yaml", "categories: {insult: {threshold: 0.5, action: block}}"),
                "--config",
                file("temper.yaml", SIDECAR));

        // Then
        assertThat(code).isEqualTo(2);
        assertThat(said.toString()).contains("insult", "there is no scorer");
    }

    @Test
    void shouldAskForASubcommandAndForSomethingToKeep() throws IOException {
        assertThat(temper("policy")).isEqualTo(2);
        assertThat(temper(
                        "policy", "publish", file("p.yaml", "{}"), "--config", file("t.yaml", SIDECAR), "--keep", "0"))
                .isEqualTo(2);
        assertThat(said.toString()).contains("check, publish or show is missing", "--keep must be at least 1");
    }
}
