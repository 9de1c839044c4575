package dev.temper.training;

import dev.temper.runtime.lm.ModelFolder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The reference's tiny random Llama: 3 layers of width 64, 1,016 tokens, a chat template. */
public final class TinyModel {
    private TinyModel() {}

    public static ModelFolder open() {
        return open("llama32");
    }

    /** Another of the reference's tiny models: gpt2, llama31 or llama32. */
    public static ModelFolder open(String name) {
        try {
            String resource = "/goldens/models/" + name + "/config.json";
            Path config = Path.of(Objects.requireNonNull(TinyModel.class.getResource(resource))
                    .toURI());
            return ModelFolder.open(config.resolveSibling("."));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
