package dev.temper.training.subspace;

import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import java.io.IOException;
import java.nio.file.Path;

/** A subspace and what it was fitted from. */
public record FittedSubspace(Subspace subspace, SavedStatistics statistics) {

    /** Writes the subspace file, and its statistics beside it. */
    public void write(Path file) throws IOException {
        SubspaceFile.write(subspace, file);
        StatisticsFile.write(statistics, StatisticsFile.beside(file));
    }
}
