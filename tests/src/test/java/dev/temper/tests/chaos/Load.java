package dev.temper.tests.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.Backbone;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends records at a steady pace, by a thread of its own, and enters them in the ledger where Kafka has put them. */
final class Load implements AutoCloseable {
    private static final long TICK_MS = 20;

    private final String topic;
    private final Ledger ledger;
    private final KafkaProducer<byte[], byte[]> producer;
    private final IntFunction<Draft> drafts;
    private final Random keys;
    private final int conversations;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;

    /** What to send. */
    @SuppressWarnings("ArrayRecordComponent") // only passed on
    record Draft(String prompt, byte[] value, Due due) {}

    /**
     * Starts at once.
     *
     * @param drafts makes the n-th record, from 0; called by this load's thread
     * @param most ends by itself after so many
     */
    Load(Backbone servers, String topic, Ledger ledger, IntFunction<Draft> drafts, Pace pace, int most) {
        this.topic = topic;
        this.ledger = ledger;
        this.drafts = drafts;
        this.keys = new Random(pace.seed());
        this.conversations = pace.conversations();
        // Idempotent by default; it tries again for two minutes, longer than any broker is away. One request at a time:
        // a new
        // partition takes whatever batch comes first, and one that was sent before and must be sent again is out of
        // order then.
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers.bootstrapServers(), "max.in.flight.requests.per.connection", "1"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = new Thread(() -> run(pace.perSecond(), most), "chaos-load");
        thread.setDaemon(true);
        thread.start();
    }

    /** How fast, and over how many conversations. */
    record Pace(int perSecond, int conversations, long seed) {}

    private void run(int perSecond, int most) {
        long start = System.nanoTime();
        int count = 0;
        try {
            while (!stopping && count < most) {
                long due = Math.min(most, (System.nanoTime() - start) * perSecond / 1_000_000_000);
                for (; count < due; count++) {
                    send(drafts.apply(count));
                }
                Thread.sleep(TICK_MS);
            }
        } catch (Exception e) {
            failure.set(e);
        }
    }

    private void send(Draft draft) {
        String key = "conversation " + keys.nextInt(conversations);
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), draft.value()), (at, exception) -> {
            if (exception == null) {
                Place place = new Place(at.topic(), at.partition(), at.offset());
                ledger.sent(new Sent(place, key, draft.prompt(), draft.value(), draft.due()));
            } else {
                failure.set(exception);
            }
        });
    }

    boolean isOver() {
        return !thread.isAlive();
    }

    /** Ends it; afterwards all that was sent is in the ledger. */
    void finish() throws Exception {
        stopping = true;
        thread.join();
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("the load could not be sent", failure.get());
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        thread.join();
        producer.close();
    }
}
