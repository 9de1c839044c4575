package dev.temper.training.progress;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar with speed and remaining time on standard error, so that standard output stays for results. */
public final class TerminalProgress implements Progress {
    /** On a terminal the bar is redrawn; in a log file each update is a line, so there are few. */
    private static final int TERMINAL_UPDATE_MS = 500;

    private static final int LOG_UPDATE_MS = 15_000;

    private final ProgressBar bar;

    private TerminalProgress(ProgressBar bar) {
        this.bar = bar;
    }

    /** Starts a bar. */
    public static Progress start(String task, String unit, long total) {
        boolean terminal = System.console() != null;
        return new TerminalProgress(new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" " + unit, 1)
                .setInitialMax(total)
                .setStyle(terminal ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(terminal ? TERMINAL_UPDATE_MS : LOG_UPDATE_MS)
                .setMaxRenderedLength(terminal ? -1 : 150)
                .showSpeed()
                .build());
    }

    @Override
    public void reached(long done) {
        bar.stepTo(done);
    }

    @Override
    public void say(String message) {
        bar.setExtraMessage(" " + message);
    }

    @Override
    public void close() {
        bar.close();
    }
}
