package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Order within a conversation, and none between conversations. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class OrderTest {
    @TempDir
    Path folder;

    private TopologyHarness service;

    private TopologyHarness start(String config) {
        service = new TopologyHarness(folder, config);
        return service;
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void shouldStartAConversationsNextPromptOnlyWhenItsLastWasAnswered() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c1", chat("two").build());
        service.send("c2", chat("three").build());
        List<String> openAtFirst = service.engine.open();

        // When
        service.engine.complete(at(2), "3", 0);
        service.tick();
        service.engine.complete(at(0), "1", 0);
        service.tick();
        List<String> openThen = service.engine.open();
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        assertThat(openAtFirst).containsExactly(at(0), at(2));
        assertThat(openThen).containsExactly(at(1));
        assertThat(service.results()).extracting(ResultEvent::getText).containsExactly("3", "1", "2");
    }

    @Test
    void shouldHoldBackEvenAPoisonedPromptUntilItsPredecessorsOutcome() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c1", new byte[] {1, 2, 3}, new RecordHeaders());
        service.tick();

        // When
        long rejectedBefore = service.rejects().size();
        service.engine.complete(at(0), "1", 0);
        service.tick();

        // Then
        assertThat(rejectedBefore).isZero();
        assertThat(service.rejects()).hasSize(1);
    }

    @Test
    void shouldTreatPromptsWithoutAKeyAsConversationsOfTheirOwn() {
        // Given
        start("");
        service.send(null, chat("one").build());
        service.send(null, chat("two").build());

        // When
        service.engine.complete(at(1), "2", 0);
        service.tick();

        // Then
        List<TestRecord<byte[], byte[]>> records = service.resultRecords();
        assertThat(records).hasSize(1);
        assertThat(records.get(0).key()).isNull();
    }

    @Test
    void shouldLoseNothingWhenTheEnginesQueueIsFull() {
        // Given
        start("");
        service.engine.capacity = 2;
        for (int i = 0; i < 20; i++) {
            service.send("c" + i, chat("p" + i).build());
        }

        // When
        for (int round = 0; round < 20; round++) {
            service.engine.open().forEach(id -> service.engine.complete(id, id, 0));
            service.tick();
        }

        // Then
        assertThat(service.results())
                .extracting(ResultEvent::getText)
                .hasSize(20)
                .doesNotHaveDuplicates();
        assertThat(service.engine.offered).hasSize(20);
        assertThat(service.inbox()).isZero();
    }
}
