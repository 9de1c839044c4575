package dev.temper.tests.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.app.Operations;
import dev.temper.app.Sidecar;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.tests.Requirement;
import dev.temper.tests.stream.Backbone;
import dev.temper.tests.stream.BrokerKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.Keys;

/** The whole way: hostile prompts, a sidecar whose model says them again, its admin server, a browser, a verdict in its topic. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class PageEndToEndTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOKEN = "a-token-of-many-characters";

    private Backbone backbone;
    private Operations operations;
    private Sidecar sidecar;
    private EchoEngine engine;
    private Browser browser;

    private void start(BrokerKind kind, Path folder) throws Exception {
        Requirement.BROWSER.holds(Browser.missing());
        backbone = Backbone.steady(kind, folder);
        String settings = """
                kafka:
                  bootstrap.servers: %s
                  application.id: %s
                  state.dir: %s
                schema_registry: {schema.registry.url: '%s'}
                admin: {port: 0, token_env: TOKEN}
                """.formatted(
                backbone.bootstrapServers(), backbone.application(), folder.resolve("state"), backbone.registryUrl());
        SidecarConfig config = ConfigLoader.parse("test", settings, folder);
        backbone.createTopics(config.topics(), 1);
        engine = new EchoEngine();
        operations = Operations.open(config, Map.of("TOKEN", TOKEN)::get);
        operations.modelIsWarm(engine);
        sidecar = Sidecar.start(config, engine, operations);
        operations.openModerationPage(config);
        for (String text : Hostile.TEXTS) {
            ask(text);
        }
        browser = new Browser();
        browser.beforeEachPage(Hostile.CANARY);
    }

    /** In every field that a client fills. */
    private void ask(String text) throws Exception {
        var serializer = backbone.serde(PromptEvent.class).serializer();
        PromptEvent prompt = PromptEvent.newBuilder()
                .setId(text)
                .setTenant(text)
                .setMessages(List.of(new Message(Role.SYSTEM, text), new Message(Role.USER, text)))
                .build();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", backbone.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.PROMPTS, text.getBytes(UTF_8), serializer.serialize(Topics.PROMPTS, prompt)))
                    .get();
        }
    }

    @AfterEach
    void stop() {
        if (browser != null) { // else skipped: there is no browser or no such broker here
            browser.close();
            sidecar.close();
            operations.close();
            engine.close();
            backbone.close();
        }
    }

    private List<VerdictEvent> verdicts() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", backbone.bootstrapServers(), "isolation.level", "read_committed");
        var deserializer = backbone.serde(VerdictEvent.class).deserializer();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = List.of(new TopicPartition(Topics.VERDICTS, 0));
            consumer.assign(all);
            consumer.seekToBeginning(all);
            List<VerdictEvent> verdicts = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(2))) {
                VerdictEvent verdict = deserializer.deserialize(Topics.VERDICTS, record.value());
                assertThat(new String(record.key(), UTF_8)).isEqualTo(verdict.getFlaggedEventId());
                verdicts.add(verdict);
            }
            return verdicts;
        }
    }

    private static final String SHOWN =
            "document.querySelector('.said.flagged') && document.getElementById('item').getAttribute('aria-busy') === 'false'";

    @ParameterizedTest
    @EnumSource
    void shouldShowWhatPeopleWroteAndPublishWhatAReviewerSays(BrokerKind kind, @TempDir Path folder) throws Exception {
        // Given: a reviewer with the token
        start(kind, folder);
        browser.look(1280, 860, "light");
        browser.open(operations.url().orElseThrow());
        browser.until("document.getElementById('token-dialog').open");
        browser.press(TOKEN, Keys.ENTER);
        browser.until("document.getElementById('live').dataset.state === 'live'");
        browser.press("r");
        browser.until("document.querySelectorAll('#list li').length === " + Hostile.TEXTS.size());
        browser.click("#cover");
        browser.run("globalThis.sameDocument = true");

        // When: each is looked at
        Set<String> seen = new HashSet<>();
        String before = "#/review";
        for (int i = 0; i < Hostile.TEXTS.size(); i++) {
            browser.press("j");
            browser.until("location.hash !== " + quoted(before) + " && " + SHOWN);
            before = String.valueOf(browser.run("return location.hash"));
            seen.add(String.valueOf(browser.run("return document.querySelector('.said.flagged .text').textContent")));
            assertThat(browser.text("#item > header")).contains("high");
            Hostile.assertHarmless(browser);
        }
        browser.press("o");
        browser.until("document.querySelector('#by-tenant .legend li:nth-child(2)')");

        // Then: all are shown as they are, and nothing came of it
        assertThat(seen).containsExactlyInAnyOrderElementsOf(Hostile.TEXTS);
        Hostile.assertHarmless(browser);

        // When: one is flagged meanwhile, and judged with a hostile note
        browser.press("r");
        ask("the latest");
        browser.until("document.querySelector('#row-0 .preview')?.textContent === 'the latest'");
        browser.click("#row-0");
        browser.until("document.querySelector('.said.flagged .text')?.textContent === 'the latest'");
        String id = String.valueOf(browser.run("return decodeURIComponent(location.hash.split('/')[2])"));
        browser.press("n", Hostile.TEXTS.get(0), Keys.ESCAPE, "1");

        // Then
        await().atMost(PATIENCE).until(() -> !verdicts().isEmpty());
        assertThat(verdicts()).singleElement().satisfies(verdict -> {
            assertThat(verdict.getVerdict()).isEqualTo(ReviewVerdict.TOXIC);
            assertThat(verdict.getFlaggedEventId()).isEqualTo(id);
            assertThat(verdict.getTenant()).isEqualTo("the latest");
            assertThat(verdict.getNote()).isEqualTo(Hostile.TEXTS.get(0));
        });
        browser.until("document.querySelector('#row-0 .verdict-badge')?.textContent === 'Toxic'");
        browser.click("[name=state][value=reviewed]");
        browser.until("document.querySelectorAll('#list li').length === 1");
        assertThat(browser.isTrue("globalThis.sameDocument")).isTrue();
        assertThat(browser.console())
                .noneMatch(line -> line.contains("Content Security Policy") || line.contains("Uncaught"));
        Hostile.assertHarmless(browser);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "\\'") + "'";
    }
}
