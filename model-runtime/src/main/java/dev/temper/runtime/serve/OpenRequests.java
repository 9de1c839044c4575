package dev.temper.runtime.serve;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The requests that have no outcome yet, by id. Thread-safe. */
final class OpenRequests {
    private final Map<String, Set<QueuedRequest>> byId = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong arrivals = new AtomicLong();

    /** Counts a request as open until its outcome is handed over, or {@link #forget} is called. */
    QueuedRequest open(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        QueuedRequest[] self = new QueuedRequest[1];
        self[0] = new QueuedRequest(
                request,
                outcome -> {
                    forget(self[0]);
                    onOutcome.accept(outcome);
                },
                arrivals.incrementAndGet(),
                System.nanoTime());
        byId.compute(request.id(), (id, requests) -> {
            Set<QueuedRequest> all = requests == null ? ConcurrentHashMap.newKeySet() : requests;
            all.add(self[0]);
            return all;
        });
        count.incrementAndGet();
        return self[0];
    }

    void forget(QueuedRequest request) {
        byId.computeIfPresent(request.request().id(), (id, requests) -> {
            requests.remove(request);
            return requests.isEmpty() ? null : requests;
        });
        count.decrementAndGet();
    }

    /** Marks all with this id; whether there are any. */
    boolean cancel(String id) {
        Set<QueuedRequest> requests = byId.getOrDefault(id, Set.of());
        requests.forEach(QueuedRequest::cancel);
        return !requests.isEmpty();
    }

    int count() {
        return count.get();
    }
}
