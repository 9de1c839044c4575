package dev.temper.tests.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml takes from this repository, without an engine. */
class ComposeFileTest {
    private static final Path ROOT = Path.of("..");

    private static JsonNode compose() throws Exception {
        return new YAMLMapper().readTree(Files.readString(ROOT.resolve("docker-compose.yml")));
    }

    @Test
    void shouldMountFilesThatThereAreAndVolumesThatItNames() throws Exception {
        // Given
        JsonNode compose = compose();
        List<String> files = new ArrayList<>();
        List<String> volumes = new ArrayList<>();

        // When
        compose.path("services").forEach(service -> service.path("volumes").forEach(volume -> {
            String source = volume.asText().split(":")[0];
            (source.startsWith(".") ? files : volumes).add(source);
        }));

        // Then
        assertThat(files).hasSizeGreaterThan(4).allSatisfy(file -> assertThat(ROOT.resolve(file))
                .exists());
        assertThat(volumes).isNotEmpty().allSatisfy(volume -> assertThat(
                        compose.path("volumes").has(volume))
                .isTrue());
    }

    @Test
    void shouldGivePrometheusTheTokenWhereItLooksForIt() throws Exception {
        // When
        JsonNode compose = compose();
        JsonNode prometheus =
                new YAMLMapper().readTree(Files.readString(ROOT.resolve("deploy/prometheus/prometheus.yml")));

        // Then
        JsonNode token = compose.at("/services/prometheus/configs/0");
        assertThat(token.path("target").asText())
                .isEqualTo(prometheus
                        .at("/scrape_configs/0/authorization/credentials_file")
                        .asText());
        assertThat(compose.at("/configs")
                        .path(token.path("source").asText())
                        .path("content")
                        .asText())
                .isEqualTo(compose.at("/services/temper/environment/TEMPER_ADMIN_TOKEN")
                        .asText());
    }

    @Test
    void shouldHoldAConfigurationThatTemperTakes() throws Exception {
        // When
        SidecarConfig config = ConfigLoader.load(ROOT.resolve("deploy/compose/temper.yaml"));

        // Then
        assertThat(compose()
                        .at("/services/temper/environment")
                        .has(config.admin().tokenEnv()))
                .isTrue();
        ImageFiles.areInTheImage(config.engine());
    }
}
