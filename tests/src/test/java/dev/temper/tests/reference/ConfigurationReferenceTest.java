package dev.temper.tests.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@SuppressWarnings("NullAway.Init") // JUnit calls write()
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    private String page;

    @BeforeAll
    void write() throws Exception {
        page = ConfigurationReference.write();
    }

    @Test
    void shouldSayWhatTheCodeSays() throws Exception {
        // When
        if (Boolean.getBoolean("temper.write.docs")) {
            Files.writeString(PAGE, page);
        }

        // Then
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md is not of this code; its first lines say how it is written anew")
                .isEqualTo(page);
    }

    @Test
    void shouldSayWhatIsAcceptedAsTheRecordsRefuseIt() {
        assertThat(page)
                .contains("| `engine.max_batch` | whole number | `8` | ≥ 1 |")
                .contains("| `engine.decoding.top_p` | number | `0.9` | (0, 1] |")
                .contains("| `engine.decoding.presence_penalty` | number | `0` | [-2, 2] |")
                .contains("| `engine.decoding.epsilon_cutoff` | number | `0` | [0, 1) |")
                .contains("| `engine.guidance_mode` | choice | `raw` | `raw`, `softmax` |")
                .contains("| `engine.subspaces.NAME.beta` | number | *none* | ≥ 0 |")
                .contains("| `policy.rewrite.max_rounds` | whole number | `2` | 1 to 8 |")
                .contains("| `limits.retry_max_backoff_ms` | whole number | `10000` | ≥ 0 |")
                .contains("| `provisioning.replication_factor` | whole number | `-1` | -1, 1 to 32767 |")
                .contains("| `provisioning.retention_ms` | whole number | `604800000` | -1, ≥ 1 |")
                .contains("| `policy.rewrite.fallback` | choice | `block` | `audit`, `block` |")
                .contains("| `http.connect.timeout.ms` | int | `5000` | ≥ 1 |")
                .contains("| `admin.port` | whole number | `8686` | 0 to 65535 |");
    }
}
