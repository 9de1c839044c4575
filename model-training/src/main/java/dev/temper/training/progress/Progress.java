package dev.temper.training.progress;

/** Told how far a long command is. Used by one thread. */
public interface Progress extends AutoCloseable {

    /** Says nothing. */
    Progress SILENT = new Progress() {
        @Override
        public void reached(long done) {}

        @Override
        public void say(String message) {}

        @Override
        public void close() {}
    };

    /** Makes a progress for a task of so many steps; closed by the task. */
    interface Factory {
        Factory SILENT = (task, unit, total) -> Progress.SILENT;

        Progress start(String task, String unit, long total);
    }

    /** So many of the task's steps are done. */
    void reached(long done);

    /** What to show beside the bar: a loss for one; never text of prompts or answers. */
    void say(String message);

    @Override
    void close();
}
