package dev.temper.training;

import dev.temper.runtime.lm.ModelFolder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The reference's tiny random Llama: 3 layers of width 64, 1,016 tokens, a chat template. */
public final class TinyModel {
    private TinyModel() {}

    public static ModelFolder open() {
        try {
            Path config =
                    Path.of(Objects.requireNonNull(TinyModel.class.getResource("/goldens/models/llama32/config.json"))
                            .toURI());
            return ModelFolder.open(config.resolveSibling("."));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
