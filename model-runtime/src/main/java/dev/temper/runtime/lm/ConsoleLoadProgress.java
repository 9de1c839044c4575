package dev.temper.runtime.lm;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar with MB and GB/s for one load. The bar ends when loading does. */
public final class ConsoleLoadProgress implements LoadProgress, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;

    private final String task;
    private final PrintStream stream;
    private final long start = System.nanoTime();
    private @Nullable ProgressBar bar;

    /**
     * @param task what is loaded, shown before the bar
     * @param stream where the bar is drawn, standard error mostly
     */
    public ConsoleLoadProgress(String task, PrintStream stream) {
        this.task = task;
        this.stream = stream;
    }

    @Override
    public void loaded(long doneBytes, long totalBytes) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(totalBytes)
                    .setUnit(" MB", MEGABYTE)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(stream))
                    .build();
        }
        double seconds = Math.max(1e-9, (System.nanoTime() - start) / 1e9);
        bar.setExtraMessage(String.format(Locale.ROOT, " %.2f GB/s", doneBytes / 1e9 / seconds));
        bar.stepTo(doneBytes);
        if (doneBytes == totalBytes) {
            close();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
