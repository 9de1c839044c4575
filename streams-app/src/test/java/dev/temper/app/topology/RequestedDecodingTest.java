package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RequestedParameters;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a prompt says about decoding, on its way to the engine and back into the result. */
class RequestedDecodingTest {
    private static final DecodingParameters ASKED = new DecodingParameters(
            33, 0.7, 40, 0.8, 1.1, List.of("stop"), 5, 0.05, 0.9, 1e-4, 0.5, -0.25, 3, List.of());

    private static PromptEvent asking(List<String> badWords) {
        return PromptEvent.newBuilder()
                .setPrompt("Once upon")
                .setParameters(RequestedParameters.newBuilder()
                        .setMaxNewTokens(ASKED.maxNewTokens())
                        .setTemperature(ASKED.temperature())
                        .setTopK(ASKED.topK())
                        .setTopP(ASKED.topP())
                        .setRepetitionPenalty(ASKED.repetitionPenalty())
                        .setStopStrings(ASKED.stopStrings())
                        .setMinNewTokens(ASKED.minNewTokens())
                        .setMinP(ASKED.minP())
                        .setTypicalP(ASKED.typicalP())
                        .setEpsilonCutoff(ASKED.epsilonCutoff())
                        .setPresencePenalty(ASKED.presencePenalty())
                        .setFrequencyPenalty(ASKED.frequencyPenalty())
                        .setNoRepeatNgramSize(ASKED.noRepeatNgramSize())
                        .setBadWords(badWords)
                        .build())
                .build();
    }

    @Test
    void shouldReachTheEngineAndStandInTheResult(@TempDir Path folder) {
        // Given
        try (TopologyHarness service = new TopologyHarness(folder, "engine: {decoding: {bad_words: [ours, both]}}")) {

            // When
            service.send("c1", asking(List.of("both", "theirs")));
            service.engine.complete(at(0), "hi there", 0.1);
            service.tick();

            // Then
            List<String> badWords = List.of("ours", "both", "theirs");
            assertThat(service.engine.offered.get(0).decoding())
                    .isEqualTo(ASKED.with().badWords(badWords).build());
            GenerationParameters used = service.results().get(0).getGeneration().getParameters();
            assertThat(used.getMinNewTokens()).isEqualTo(5);
            assertThat(used.getMinP()).isEqualTo(0.05);
            assertThat(used.getTypicalP()).isEqualTo(0.9);
            assertThat(used.getEpsilonCutoff()).isEqualTo(1e-4);
            assertThat(used.getPresencePenalty()).isEqualTo(0.5);
            assertThat(used.getFrequencyPenalty()).isEqualTo(-0.25);
            assertThat(used.getNoRepeatNgramSize()).isEqualTo(3);
            assertThat(used.getBadWords()).isEqualTo(badWords);
        }
    }
}
