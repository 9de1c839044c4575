package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who works a prompt again gives it the same ids, the same seed and the same answer. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class IdentityTest {
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
    void shouldDeriveIdsAndSeedsFromTheSourceAlone() {
        // Given
        start("");
        service.send("c1", chat("one").build());
        service.send("c2", chat("two").build());
        service.engine.complete(at(0), "1", 0.9);
        service.engine.complete(at(1), "2", 0.9);
        service.tick();
        List<ResultEvent> results = service.results();
        List<Long> seeds = service.engine.offered.stream().map(r -> r.seed()).toList();
        service.close();

        // When
        start("");
        service.send("other", chat("another text").build());
        service.engine.complete(at(0), "x", 0);
        service.tick();

        // Then
        assertThat(service.results().get(0).getEventId())
                .isEqualTo(results.get(0).getEventId())
                .isNotEqualTo(results.get(1).getEventId());
        assertThat(results.get(0).getEventId())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(service.engine.offered.get(0).seed()).isEqualTo(seeds.get(0)).isNotEqualTo(seeds.get(1));
    }
}
