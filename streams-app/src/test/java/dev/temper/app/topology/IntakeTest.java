package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.Topics;
import java.nio.file.Path;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit and each test set the fields
class IntakeTest {
    private static final TopicPartition SOURCE = new TopicPartition(Topics.PROMPTS, 0);

    @TempDir
    Path folder;

    private TopologyHarness service;

    private void start(String config) {
        service = new TopologyHarness(folder, config);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private boolean held() {
        return service.settings.intake().isHeld(SOURCE);
    }

    @Test
    void shouldTakeInNothingWhileAnotherPollMightNotFitTheInbox() {
        // Given
        start("limits: {max_inbox: 8}"); // a poll brings up to 2
        for (int i = 0; i < 6; i++) {
            service.send("c" + i, chat("p" + i).build());
        }
        boolean withRoomForAPoll = held();

        // When
        service.send("c6", chat("p6").build());
        boolean withoutRoom = held();
        service.engine.complete(at(3), "3", 0);
        service.tick();

        // Then
        assertThat(withRoomForAPoll).isFalse();
        assertThat(withoutRoom).isTrue();
        assertThat(held()).isFalse();
    }

    @Test
    void shouldTakeInNothingOnceItStops() {
        // Given
        start("");

        // When
        boolean before = held();
        service.settings.stop();

        // Then
        assertThat(before).isFalse();
        assertThat(held()).isTrue();
    }

    @Test
    void shouldForgetAPartitionThatLeaves() {
        // Given
        start("limits: {max_inbox: 1}");
        service.send("c", chat("p").build());
        Intake intake = service.settings.intake();
        boolean before = intake.isHeld(SOURCE);

        // When
        service.close();

        // Then
        assertThat(before).isTrue();
        assertThat(intake.isHeld(SOURCE)).isFalse();
    }
}
