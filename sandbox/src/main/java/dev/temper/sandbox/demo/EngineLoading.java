package dev.temper.sandbox.demo;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** An engine that loads on a thread of its own while broker and registry start. Owns the engine. */
final class EngineLoading implements AutoCloseable {
    private final CompletableFuture<GenerationEngine> engine = new CompletableFuture<>();

    EngineLoading(Supplier<GenerationEngine> loader) {
        Thread thread = new Thread(() -> load(loader), "demo-engine-loading");
        thread.setDaemon(true);
        thread.start();
    }

    @SuppressWarnings("CatchingUnchecked") // a missing native library is an Error, and must not leave the demo waiting
    private void load(Supplier<GenerationEngine> loader) {
        try {
            engine.complete(loader.get());
        } catch (RuntimeException | LinkageError e) {
            engine.completeExceptionally(e);
        }
    }

    /**
     * Waits for the engine.
     *
     * @throws TemperException as the loader threw it, or around whatever else it threw
     */
    GenerationEngine get() throws InterruptedException {
        try {
            return engine.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TemperException readable) {
                throw readable;
            }
            throw new TemperException("The model could not be loaded: " + e.getCause(), e);
        }
    }

    /** Waits for the loading to end, and closes what it made. */
    @Override
    public void close() {
        try {
            engine.join().close();
        } catch (CompletionException neverLoaded) {
            // Whoever called get() knows.
        }
    }
}
