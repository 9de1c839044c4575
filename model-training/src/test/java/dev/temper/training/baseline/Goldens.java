package dev.temper.training.baseline;

import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The reference's tiny random models. */
final class Goldens {
    static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);

    private Goldens() {}

    static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(Goldens.class.getResource("/goldens/" + name + "/config.json"))
                            .toURI())
                    .resolveSibling(".")
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static CausalLm load(Path folder) {
        return CausalLm.load(ModelFolder.open(folder), RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
    }
}
