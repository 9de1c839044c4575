package dev.temper.runtime.torch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeLibraryTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path torch;

    private Map<String, String> installed(String file, String content) throws IOException {
        Files.writeString(torch.resolve(file), content);
        return Map.of(
                "PYTORCH_LIBRARY_PATH",
                Files.createDirectories(torch.resolve("lib")).toString());
    }

    @ParameterizedTest
    @CsvSource({"version.py, __version__ = '2.13.0+cpu'", "build-version, 2.5.1+cu124"})
    void shouldRefuseALibraryOfAnotherVersionWithBothVersionsAndTheCure(String file, String content)
            throws IOException {
        // Given
        Map<String, String> environment = installed(file, content);

        // When / Then
        assertThatThrownBy(() -> NativeLibrary.requireMatchingVersion(environment))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(content.contains("2.13.0") ? "2.13.0" : "2.5.1")
                .hasMessageContaining("needs " + NativeLibrary.REQUIRED_VERSION)
                .hasMessageContaining("unset PYTORCH_LIBRARY_PATH");
    }

    @Test
    void shouldTakeALibraryOfTheRightVersion() throws IOException {
        // Given
        Map<String, String> environment = installed("version.py", "__version__ = '2.7.1+cu128'");

        // When / Then
        assertThatCode(() -> NativeLibrary.requireMatchingVersion(environment)).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseALibraryWhoseVersionCannotBeTold() throws IOException {
        // Given
        Map<String, String> environment = installed("README", "no version here");

        // When / Then
        assertThatThrownBy(() -> NativeLibrary.requireMatchingVersion(environment))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("set PYTORCH_VERSION");
    }

    @Test
    void shouldTakeTheBundledLibraryWhenNoneIsNamed() {
        assertThatCode(() -> NativeLibrary.requireMatchingVersion(Map.of())).doesNotThrowAnyException();
    }
}
