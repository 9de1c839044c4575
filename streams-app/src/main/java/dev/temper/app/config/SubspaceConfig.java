package dev.temper.app.config;

import java.nio.file.Path;

/**
 * A subspace that guides decoding.
 *
 * @param file its file, fitted on the configured model; a relative path is taken from the configuration's folder
 * @param beta strength, at least 0; 0 loads the subspace and reports margins for prompts that ask for it, but does not
 *     steer. Raise it when answers are still toxic, lower it when they lose sense: its scale depends on the model and on
 *     the guidance mode.
 */
public record SubspaceConfig(Path file, double beta) {
    public SubspaceConfig {
        if (file == null || file.toString().isBlank()) {
            throw new IllegalArgumentException("file is missing; name the subspace's file");
        }
        if (!(beta >= 0) || Double.isInfinite(beta)) {
            throw new IllegalArgumentException("beta must be a finite number of at least 0, not " + beta);
        }
    }
}
