package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
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
        if (service != null) {
            service.close();
        }
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

    /** An answer, a flagged answer, and two rejects. */
    private List<String> idsOfARun() {
        start("limits: {max_attempts: 1}");
        service.send("c1", chat("one").build());
        service.send("c2", chat("two").build());
        service.send("c3", chat("three").build());
        service.send("c4", new byte[] {1, 2, 3}, new RecordHeaders());
        service.engine.complete(at(0), textOf(service.engine.offered.get(0)), 0.1);
        service.engine.complete(at(1), textOf(service.engine.offered.get(1)), 0.9);
        service.engine.fail(at(2), Reason.DEVICE_ERROR);
        service.tick();
        List<String> ids = new ArrayList<>();
        service.results().forEach(result -> {
            ids.add(result.getEventId());
            ids.add(result.getPromptId());
            ids.add(result.getText() + result.getGeneration().getParameters().getSeed());
        });
        service.flagged().forEach(flagged -> ids.add(flagged.getEventId() + flagged.getText()));
        service.rejects().forEach(reject -> ids.add(reject.getEventId()));
        service.close();
        return ids;
    }

    /** What a model does: the answer follows from the seed. */
    private static String textOf(GenerationRequest request) {
        return "answer " + new Random(request.seed()).nextLong();
    }

    @Test
    void shouldGiveAReplayedPromptTheSameIdsTheSameSeedAndTheSameAnswer() {
        // Given
        List<String> first = idsOfARun();

        // When
        List<String> replayed = idsOfARun();

        // Then
        assertThat(replayed).isEqualTo(first).hasSize(2 * 3 + 1 + 2).doesNotHaveDuplicates();
    }

    @Test
    void shouldTellApartEveryUseAndEveryPlaceOfAPrompt() {
        // Given
        List<Origin> places = List.of(
                new Origin("prompts", 0, 1),
                new Origin("prompts", 1, 0),
                new Origin("prompts", 0, 10),
                new Origin("prompts", 10, 0),
                new Origin("other", 0, 1));

        // When
        List<UUID> ids = places.stream()
                .flatMap(place -> Stream.of(Origin.Use.values()).map(place::id))
                .toList();

        // Then
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(places).extracting(Origin::seed).doesNotHaveDuplicates();
    }

    /** Consumers keep these ids across clusters and versions, so that they may never change. */
    @Test
    void shouldKeepItsIdsForEver() {
        // Given
        Origin place = new Origin("temper.prompts", 3, 42);

        // Then
        assertThat(place.id(Origin.Use.PROMPT)).hasToString("4ee7f973-ef1d-8ca8-bee5-606b8f83da6a");
        assertThat(place.id(Origin.Use.RESULT)).hasToString("cb880c4e-7a2e-8bbd-86e7-8059f061f565");
        assertThat(place.seed()).isEqualTo(3614420940135575L);
    }
}
