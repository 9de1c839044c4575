package dev.temper.tests.chaos;

import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An engine whose device fails on command. Thread-safe. */
final class FaultyDevice implements GenerationEngine {

    /** How the device is. */
    enum Mood {
        WELL,
        /** Each prompt fails: the device, or its library, threw. */
        THROWS,
        /** Each prompt comes out as NaN. */
        NAN,
        /** Nothing comes out; what is in there comes out when it hangs no longer. */
        HANGS
    }

    private final GenerationEngine well;
    private final List<Runnable> held = new ArrayList<>();
    private Mood mood = Mood.WELL;

    FaultyDevice(GenerationEngine well) {
        this.well = well;
    }

    void become(Mood next) {
        List<Runnable> released = List.of();
        synchronized (this) {
            mood = next;
            if (next != Mood.HANGS) {
                released = List.copyOf(held);
                held.clear();
            }
        }
        released.forEach(Runnable::run);
    }

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        return well.offer(request, outcome -> arrive(request, outcome, onOutcome));
    }

    private void arrive(GenerationRequest request, GenerationOutcome outcome, Consumer<GenerationOutcome> onOutcome) {
        Mood now;
        synchronized (this) {
            now = mood;
            if (now == Mood.HANGS) {
                held.add(() -> onOutcome.accept(outcome));
                return;
            }
        }
        onOutcome.accept(
                switch (now) {
                    case THROWS -> new Failed(request.id(), Reason.DEVICE_ERROR, "the device threw");
                    case NAN -> new Failed(request.id(), Reason.NON_FINITE_LOGITS, "the device returned NaN");
                    case WELL, HANGS -> outcome;
                });
    }

    @Override
    public boolean cancel(String requestId) {
        return well.cancel(requestId);
    }

    @Override
    public EngineStatus status() {
        return well.status();
    }

    @Override
    public Identity identity() {
        return well.identity();
    }

    @Override
    public int inFlight() {
        return well.inFlight();
    }

    @Override
    public void close() {
        well.close();
    }
}
