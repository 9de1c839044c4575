package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {

    @Test
    void shouldNotBeStartedForEverWhenItEndsByItselfAgainAndAgain(@TempDir Path folder) throws Exception {
        // Given
        List<String> arguments = List.of("NONE", "1", "1");
        try (Instance instance = new Instance(folder.resolve("missing.yaml"), folder, arguments)) {

            // When
            instance.start();

            // Then
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThatThrownBy(instance::requireSteady)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was started 1 times and ended by itself 4 times"));
            assertThat(instance.logged("missing.yaml")).isGreaterThanOrEqualTo(4);
        }
    }
}
