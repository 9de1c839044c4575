package dev.temper.runtime.lm;

/** Told how far loading is. Called on the loading thread. */
@FunctionalInterface
public interface LoadProgress {
    /** Says nothing. */
    LoadProgress SILENT = (done, total) -> {};

    /**
     * @param doneBytes bytes of weights that are on the device
     * @param totalBytes bytes of weights in the files; at the last call equal to {@code doneBytes}
     */
    void loaded(long doneBytes, long totalBytes);
}
