package dev.temper.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.CacheLimits;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.Joined;
import dev.temper.runtime.decode.SequenceDecoder;
import dev.temper.runtime.sasa.ExchangeableGuidance;
import dev.temper.runtime.text.PromptEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That bulk work is batched by its order alone, not by when its requests came. */
class HeldRequestsTest {
    private static final int REQUESTS = 24;
    private static final int SLOTS = 4;

    private static TinyEngines tiny;

    @BeforeAll
    static void open() {
        tiny = new TinyEngines();
    }

    @AfterAll
    static void close() {
        tiny.close();
    }

    @Test
    void shouldFormTheSameBatchesWheneverTheRequestsCame() throws Exception {
        // When
        List<String> swift = callsToTheDevice(new Random(1), 1);
        List<String> halting = callsToTheDevice(new Random(2), 8);

        // Then
        assertThat(swift).contains("step " + SLOTS).hasSizeGreaterThan(REQUESTS);
        assertThat(halting).isEqualTo(swift);
    }

    @Test
    void shouldTakeInWhatIsHeldAndBeginNothing() throws Exception {
        // Given
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (GenerationEngine engine = engine(calls)) {
            GenerationEngine.Hold hold = engine.hold();

            // When
            CompletableFuture<GenerationOutcome> answer =
                    TinyEngines.offer(engine, TinyEngines.mixedRequests(1).get(0));
            Thread.sleep(200); // several rounds of an idle engine
            List<String> whileHeld = List.copyOf(calls);
            int waiting = engine.inFlight();
            hold.release();

            // Then
            assertThat(whileHeld).isEmpty();
            assertThat(waiting).isEqualTo(1);
            assertThat(TinyEngines.outcomes(List.of(answer)))
                    .singleElement()
                    .isInstanceOf(GenerationOutcome.Completed.class);
        }
    }

    private static List<String> callsToTheDevice(Random random, int longestPauseMs) throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        try (GenerationEngine engine = engine(calls)) {
            GenerationEngine.Hold hold = engine.hold();
            List<CompletableFuture<GenerationOutcome>> answers = new ArrayList<>();
            for (GenerationRequest request : TinyEngines.mixedRequests(REQUESTS)) {
                Thread.sleep(random.nextInt(longestPauseMs));
                answers.add(TinyEngines.offer(engine, request));
            }
            hold.release();
            assertThat(TinyEngines.outcomes(answers)).hasOnlyElementsOfType(GenerationOutcome.Completed.class);
        }
        return calls;
    }

    private static LmGenerationEngine engine(List<String> calls) {
        ExchangeableGuidance guidance = TinyEngines.guidance();
        NDManager scope = tiny.lm.newScope();
        CacheLimits limits = new CacheLimits(SLOTS, TinyEngines.CONTEXT, 0);
        return new LmGenerationEngine(
                new GenerationEngine.Identity("tiny", "00", "", "", Map.of("toxicity", "00")),
                new EngineSettings(SLOTS, TinyEngines.CONTEXT, REQUESTS, 64, 8),
                new Recorded(new BatchDecoder(tiny.lm, guidance.rule(scope), limits, 64), calls),
                new PromptEncoder(tiny.tokenizer, Optional.empty()),
                tiny.tokenizer,
                Set.of(2),
                guidance,
                Optional.empty(),
                scope);
    }

    /** Writes down who joins, and how many take each step. */
    private record Recorded(SequenceDecoder decoder, List<String> calls) implements SequenceDecoder {
        @Override
        public int freeSlots() {
            return decoder.freeSlots();
        }

        @Override
        public int contextLength() {
            return decoder.contextLength();
        }

        @Override
        public void join(Admission admission, double uniform) {
            calls.add("join " + uniform);
            decoder.join(admission, uniform);
        }

        @Override
        public List<Joined> read(int budget) {
            List<Joined> joined = decoder.read(budget);
            calls.add("read " + joined.size());
            return joined;
        }

        @Override
        public List<Decision> step(double[] uniforms) {
            calls.add("step " + uniforms.length);
            return decoder.step(uniforms);
        }

        @Override
        public void release(int index) {
            decoder.release(index);
        }

        @Override
        public void giveUp(int reader) {
            decoder.giveUp(reader);
        }

        @Override
        public void clear() {
            decoder.clear();
        }

        @Override
        public long cacheBytes() {
            return decoder.cacheBytes();
        }

        @Override
        public long cacheBytesUsed() {
            return decoder.cacheBytesUsed();
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
