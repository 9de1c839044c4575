package dev.temper.app.topology;

import static dev.temper.app.subspaces.SampleSubspaces.NAME;
import static dev.temper.app.subspaces.SampleSubspaces.event;
import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.subspaces.SubspaceBook;
import dev.temper.app.subspaces.SubspaceReading.Cause;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SubspaceEvent;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of a subspace that come while the service runs. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class SubspaceFlowTest {
    @TempDir
    Path folder;

    private TopologyHarness service;
    private long sent;

    @BeforeEach
    void start() {
        service = new TopologyHarness(folder, "");
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void publish(SubspaceEvent event) {
        service.publishSubspace(event.getName() + "/" + event.getVersion(), service.bytes(event));
    }

    private ResultEvent answer() {
        service.send("c" + sent, chat("hello").build());
        service.engine.complete(at(sent), "fine", 0.1);
        service.tick();
        sent++;
        return service.results().get(0);
    }

    @Test
    void shouldGuideByWhatIsPublishedAndNameItOnResults() {
        // Given
        ResultEvent before = answer();

        // When
        SubspaceEvent version = event("m", 0, 1).build();
        publish(version);
        ResultEvent after = answer();

        // Then
        assertThat(before.getGeneration().getSubspaceHashes()).containsEntry(NAME, "hash-t");
        assertThat(after.getGeneration().getSubspaceHashes()).containsEntry(NAME, version.getHash());
        assertThat(service.settings.subspaces().inForce()).containsEntry(NAME, version.getVersion());
    }

    @Test
    void shouldKeepWhatIsInForceWhateverElseComesAndCountIt() {
        // Given
        SubspaceEvent version = event("m", 0, 1).build();
        publish(version);

        // When
        publish(event("another", 1, 0).build());
        publish(event("m", 1, 0).setName("kindness").build());
        publish(event("m", 1, 0).setHash("00").build());
        publish(event("m", 1, 0, 0).build());
        service.publishSubspace(NAME + "/x", new byte[] {1, 2, 3});
        service.publishSubspace(NAME + "/y", service.bytes(chat("no subspace").build()));

        // Then
        assertThat(answer().getGeneration().getSubspaceHashes()).containsEntry(NAME, version.getHash());
        SubspaceBook book = service.settings.subspaces();
        assertThat(book.refused(Cause.OTHER_MODEL)).isEqualTo(2);
        assertThat(book.refused(Cause.INVALID)).isEqualTo(2);
        assertThat(book.refused(Cause.UNREADABLE)).isEqualTo(2);
    }

    @Test
    void shouldGoBackWhenTheLastVersionIsWithdrawn() {
        // Given
        SubspaceEvent version = event("m", 0, 1).build();
        publish(version);

        // When
        service.publishSubspace(NAME + "/" + version.getVersion(), null);

        // Then
        assertThat(service.engine.guidedBy).isEmpty();
        assertThat(answer().getGeneration().getSubspaceHashes()).containsEntry(NAME, "hash-t");
    }
}
