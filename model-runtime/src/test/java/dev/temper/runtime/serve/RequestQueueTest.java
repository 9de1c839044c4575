package dev.temper.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.RequestEncoder.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who waits, who is next, and who is refused. */
class RequestQueueTest {
    private final OpenRequests open = new OpenRequests();
    private final List<GenerationOutcome> outcomes = new CopyOnWriteArrayList<>();

    private QueuedRequest request(String id) {
        return open.open(TinyEngines.request(id, "The river", TinyEngines.decoding(5), 1), outcomes::add);
    }

    private static Encoding ready(QueuedRequest queued) {
        return new Encoding.Ready(new ReadyRequest(queued, new int[] {1}, 0, List.of()));
    }

    private static @Nullable String next(RequestQueue queue) throws InterruptedException {
        queue.awaitReady(60_000);
        ReadyRequest ready = queue.poll();
        return ready == null ? null : ready.queued().request().id();
    }

    @Test
    void shouldNotLetAHugePromptHoldUpTheNext() throws Exception {
        // Given
        CountDownLatch hugeIsEncoded = new CountDownLatch(1);
        try (RequestQueue queue = new RequestQueue(8, queued -> {
            if (queued.request().id().equals("huge")) {
                await(hugeIsEncoded);
            }
            return ready(queued);
        })) {

            // When
            queue.offer(request("huge"));
            queue.offer(request("short"));
            String first = next(queue);
            hugeIsEncoded.countDown();
            String second = next(queue);

            // Then
            assertThat(List.of(String.valueOf(first), String.valueOf(second))).containsExactly("short", "huge");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldServeInTheOrderOfArrivalAlsoWhatComesBack() throws Exception {
        // Given
        try (RequestQueue queue = new RequestQueue(3, RequestQueueTest::ready)) {
            QueuedRequest oldest = request("a");
            List.of(oldest, request("b"), request("c")).forEach(queue::offer);
            takeAllAndPutThemBack(queue, 3);
            String first = next(queue);
            queue.offer(request("d"));
            takeAllAndPutThemBack(queue, 3);

            // When
            queue.putBack(new ReadyRequest(oldest, new int[] {1}, 0, List.of()));

            // Then
            assertThat(first).isEqualTo("a");
            assertThat(queue.size()).isEqualTo(4); // what was accepted is never refused
            assertThat(queue.offer(request("e"))).isFalse();
            assertThat(List.of(
                            String.valueOf(next(queue)),
                            String.valueOf(next(queue)),
                            String.valueOf(next(queue)),
                            String.valueOf(next(queue))))
                    .containsExactly("a", "b", "c", "d");
        }
    }

    /** So that all are ready. */
    private static void takeAllAndPutThemBack(RequestQueue queue, int count) throws InterruptedException {
        List<ReadyRequest> taken = new ArrayList<>();
        while (taken.size() < count) {
            queue.awaitReady(60_000);
            ReadyRequest next = queue.poll();
            if (next != null) {
                taken.add(next);
            }
        }
        taken.forEach(queue::putBack);
    }

    @Test
    void shouldGiveNoPlaceWhileHeldAndThenAllInTheOrderOfArrival() throws Exception {
        // Given
        CountDownLatch firstIsEncoded = new CountDownLatch(1);
        try (RequestQueue queue = new RequestQueue(3, queued -> {
            if (queued.request().id().equals("a")) {
                await(firstIsEncoded);
            }
            return ready(queued);
        })) {
            queue.hold();
            List.of(request("a"), request("b"), request("c")).forEach(queue::offer);
            queue.awaitReady(20);
            ReadyRequest whileHeld = queue.poll();

            // When
            queue.release();
            queue.awaitReady(20);
            ReadyRequest beforeAllAreReady = queue.poll();
            firstIsEncoded.countDown();

            // Then
            assertThat(whileHeld).isNull();
            assertThat(beforeAllAreReady).isNull();
            assertThat(List.of(String.valueOf(next(queue)), String.valueOf(next(queue)), String.valueOf(next(queue))))
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void shouldFailWhatWaitsWhenItIsClosedAndTakeNothingMore() {
        // Given
        RequestQueue queue = new RequestQueue(3, RequestQueueTest::ready);
        queue.offer(request("a"));

        // When
        queue.close();

        // Then
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Failed.class, f -> assertThat(f.reason())
                .isEqualTo(Reason.ENGINE_CLOSED));
        assertThat(open.count()).isZero();
        assertThatThrownBy(() -> queue.offer(request("b"))).isInstanceOf(IllegalStateException.class);
    }
}
