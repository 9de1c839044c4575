package dev.temper.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoSettingsTest {

    @Test
    void shouldTakeTheModelAloneWhereTheFolderRecommendsNothing(@TempDir Path model) throws Exception {
        // Given
        Files.writeString(model.resolve("config.json"), "{}");

        // When
        SidecarConfig config = DemoSettings.of(model, Path.of("state"), "127.0.0.1:1", "http://127.0.0.1:2");

        // Then
        assertThat(config.engine().model()).isEqualTo(model);
        assertThat(config.engine().scorer()).isNull();
        assertThat(config.engine().threads()).isBetween(1, 4);
        assertThat(config.kafka()).containsEntry("bootstrap.servers", "127.0.0.1:1");
        assertThat(config.schemaRegistry()).containsEntry(SidecarConfig.REGISTRY_URL, "http://127.0.0.1:2");
        assertThat(Path.of(config.kafka().getOrDefault("state.dir", ""))).isAbsolute();
    }

    @Test
    void shouldFollowTheModelsRecommendationOnTheEmbeddedServices(@TempDir Path models) throws Exception {
        // Given
        Path model = Files.createDirectories(models.resolve("chat"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve(DemoSettings.RECOMMENDED), """
                kafka: {bootstrap.servers: "elsewhere:9092"}
                engine:
                  scorer: ../toxicity
                  subspaces:
                    toxicity: {file: toxicity.subspace, beta: 5.0}
                  max_batch: 16
                  threads: 7
                """);

        // When
        SidecarConfig config = DemoSettings.of(model, Path.of("state"), "127.0.0.1:1", "http://127.0.0.1:2");

        // Then
        assertThat(config.engine().model()).isEqualTo(model);
        assertThat(config.engine().scorer()).hasToString(model + "/../toxicity");
        assertThat(config.engine().subspaces()).containsKey("toxicity");
        assertThat(config.engine().maxBatch()).isEqualTo(16);
        assertThat(config.engine().threads()).isEqualTo(7);
        assertThat(config.kafka()).containsEntry("bootstrap.servers", "127.0.0.1:1");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 3", "64, 4"})
    void shouldLeaveACoreToTheServices(int processors, int threads) {
        // Given
        int cores = processors;

        // When
        int chosen = DemoSettings.threads(cores);

        // Then
        assertThat(chosen).isEqualTo(threads);
    }

    @Test
    void shouldNameTheFileOfAWrongRecommendation(@TempDir Path model) throws Exception {
        // Given
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve(DemoSettings.RECOMMENDED), "engine: {max_bach: 16}");

        // When
        var of =
                assertThatThrownBy(() -> DemoSettings.of(model, Path.of("state"), "127.0.0.1:1", "http://127.0.0.1:2"));

        // Then
        of.isInstanceOf(TemperException.class)
                .hasMessageContaining(DemoSettings.RECOMMENDED)
                .hasMessageContaining("max_bach");
    }
}
