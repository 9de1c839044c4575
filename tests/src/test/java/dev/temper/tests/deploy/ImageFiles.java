package dev.temper.tests.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.config.EngineConfig;
import dev.temper.app.config.SubspaceConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the image has below {@code /opt/temper/models} is the repository's {@code models}. */
final class ImageFiles {
    private static final Path IN_THE_IMAGE = Path.of("/opt/temper/models");
    private static final Path HERE = Path.of("../models");

    private ImageFiles() {}

    static void areInTheImage(EngineConfig engine) {
        Stream<Path> files = Stream.concat(
                Stream.of(Optional.ofNullable(engine.model()), Optional.ofNullable(engine.scorer()))
                        .flatMap(Optional::stream),
                engine.subspaces().values().stream().map(SubspaceConfig::file));
        assertThat(files).isNotEmpty().allSatisfy(file -> {
            assertThat(file).startsWithRaw(IN_THE_IMAGE);
            assertThat(HERE.resolve(IN_THE_IMAGE.relativize(file))).exists();
        });
    }
}
