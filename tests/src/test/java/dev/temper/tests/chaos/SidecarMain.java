package dev.temper.tests.chaos;

import dev.temper.app.Operations;
import dev.temper.app.cli.RunCommand;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.tests.stream.PacedEngine;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What {@code temper run} does, with an engine without a model, as a process that can be killed. */
final class SidecarMain {
    private SidecarMain() {}

    /** Configuration, mutant, most prompts at a time, milliseconds of the slowest answers. */
    public static void main(String[] args) throws InterruptedException {
        SidecarConfig config = ConfigLoader.load(Path.of(args[0]));
        Mutant mutant = Mutant.valueOf(args[1]);
        PacedEngine engine = new PacedEngine(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        if (mutant == Mutant.NONE) {
            RunCommand.serve(config, engine, Operations.hidden(), new PrintWriter(System.out, true));
        } else {
            mutant.run(config, engine);
            Thread.currentThread().join();
        }
    }
}
