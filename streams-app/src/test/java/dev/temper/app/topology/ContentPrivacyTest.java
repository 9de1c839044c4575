package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever happens to prompts, no logger that Temper has says what is in them, at whatever level. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class ContentPrivacyTest {
    private static final String PROMPT = "bittersweet-almonds";
    private static final String OUTPUT = "crimson-paperclips";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.temper");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Level before;

    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        before = ours.getLevel();
        ours.setLevel(Level.ALL);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(log);
        ours.setLevel(before);
    }

    private String logged() {
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : log.list) {
            all.append(event.getFormattedMessage()).append('\n');
            if (event.getThrowableProxy() != null) {
                all.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return all.toString();
    }

    @Test
    void shouldSayNothingOfPromptsAndOutputsWhateverBecomesOfThem() {
        // Given
        String settings = """
                policy: {version: v, refusal: no, categories: {toxic: {threshold: 0.5, action: block}}}
                limits: {max_attempts: 2, retry_backoff_ms: 0, attempt_timeout_ms: 600000,
                         breaker: {failures: 3, open_ms: 1000, max_open_ms: 1000}}
                """;
        try (TopologyHarness service = new TopologyHarness(folder, settings)) {
            service.send("answered", chat(PROMPT).build());
            service.send("flagged", chat(PROMPT).build());
            service.send("failing", chat(PROMPT).build());
            service.send("a NaN", chat(PROMPT).build());
            service.send("unreadable", PROMPT.getBytes(UTF_8), new RecordHeaders());
            service.send("avro cut off", cut(service.bytes(chat(PROMPT).build())), new RecordHeaders());
            service.send("out of order", invalid());
            service.send("a parameter", badStopString());

            // When
            service.engine.complete(at(0), OUTPUT, 0.1);
            service.engine.complete(at(1), OUTPUT, 0.9);
            service.engine.fail(at(2), Reason.DEVICE_ERROR);
            service.engine.complete(at(3), OUTPUT, Double.NaN);
            service.tick();
            service.engine.hung = true;
            service.tick(Duration.ofMinutes(11));
            service.tick(Duration.ofMinutes(11));
            service.tick(Duration.ofMinutes(11));
            service.registryAway.set(true);
            service.send("away", chat(PROMPT).build());
            service.tick();

            // Then
            assertThat(service.resultRecords()).hasSize(2);
            List<String> told = new ArrayList<>();
            service.rejectRecords().forEach(reject -> {
                for (Header header : reject.headers()) {
                    told.add(new String(header.value(), UTF_8));
                }
            });
            assertThat(told)
                    .hasSizeGreaterThan(6 * 5)
                    .noneMatch(text -> text.contains(PROMPT) || text.contains(OUTPUT));
        }
        assertThat(logged())
                .contains("is rejected", "attempt 1 of 2", "prompts wait for the schema registry")
                .doesNotContain(PROMPT)
                .doesNotContain(OUTPUT);
    }

    private static byte[] cut(byte[] whole) {
        return java.util.Arrays.copyOf(whole, whole.length - 3);
    }

    private static PromptEvent invalid() {
        return PromptEvent.newBuilder()
                .setMessages(List.of(new Message(Role.ASSISTANT, PROMPT)))
                .build();
    }

    private static PromptEvent badStopString() {
        return chat(PROMPT)
                .setParameters(RequestedParameters.newBuilder()
                        .setStopStrings(List.of(PROMPT, ""))
                        .build())
                .build();
    }
}
