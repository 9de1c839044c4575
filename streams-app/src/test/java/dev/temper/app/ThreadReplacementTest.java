package dev.temper.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;

class ThreadReplacementTest {
    private final ThreadReplacement replacement = new ThreadReplacement();

    private StreamThreadExceptionResponse diesOn(String threadName) {
        Executor thread = task -> new Thread(task, threadName).start();
        return CompletableFuture.supplyAsync(() -> replacement.handle(new StreamsException("a record")), thread)
                .join();
    }

    @Test
    void shouldReplaceAStreamThreadUntilTooManyDied() {
        // When, Then
        for (int i = 0; i < ThreadReplacement.MOST_DEATHS; i++) {
            assertThat(diesOn("temper-1-StreamThread-" + i)).isEqualTo(StreamThreadExceptionResponse.REPLACE_THREAD);
        }
        assertThat(diesOn("temper-1-StreamThread-99")).isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    }

    @Test
    void shouldNotAskForAnotherReaderOfGlobalStores() {
        // When, Then
        assertThat(diesOn("temper-1" + ThreadReplacement.GLOBAL))
                .isEqualTo(StreamThreadExceptionResponse.SHUTDOWN_CLIENT);
    }
}
