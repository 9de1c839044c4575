package dev.temper.app.cli;

import dev.temper.runtime.TemperException;
import dev.temper.training.plot.LossPlots;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** The pictures at the end of a training. */
final class LossCurves {
    private LossCurves() {}

    /** Draws them; the model is saved by now, so a machine that cannot draw is told to the user and no failure. */
    static void draw(Path work, CommandSpec spec) {
        try {
            LossPlots.write(work);
        } catch (TemperException e) {
            spec.commandLine().getErr().println("No loss curves: " + e.getMessage());
            spec.commandLine().getErr().flush();
        }
    }
}
