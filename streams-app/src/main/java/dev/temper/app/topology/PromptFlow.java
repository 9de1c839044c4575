package dev.temper.app.topology;

import dev.temper.app.config.LimitsConfig;
import dev.temper.app.observe.TraceContext;
import dev.temper.app.topology.PromptReading.Accepted;
import dev.temper.app.topology.PromptReading.Refused;
import dev.temper.app.topology.PromptReading.Rejection;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes prompts in, has them answered, and forwards each one's outcome once: one life of a task, from the opening of its
 * stores to their closing. The task's stream thread alone calls it.
 *
 * <p>{@link #take} writes the prompt to the inbox and returns; {@link #look}, a punctuator's, forwards outcomes and
 * deletes their entries. The entry, the outputs, the deletion and the input's offset are parts of one transaction, so
 * whatever a crash undoes is undone as a whole, and the restored inbox is worked again with the same identities. Failure
 * is a value: the only exceptions that leave are Kafka's own.
 */
final class PromptFlow implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PromptFlow.class);

    /** Committing on every drain cost a factor of 40 in throughput. */
    private static final long COMMIT_GAP_MS = 20;

    private final LaneSettings settings;
    private final LimitsConfig limits;
    private final EventCodec codec;
    private final PromptReader reader;
    private final Judge judge;
    private final OutputWriter writer;
    private final GpuLane lane;
    private final FlowWatch watch;
    private final ConversationQueues prompts = new ConversationQueues();
    private final RegistryPause registry;

    private final ProcessorContext<byte[], Output> context;
    private final KeyValueStore<Long, InboxEntry> inbox;
    private final TopicPartition source;
    private long enteredMs;
    private long enteredNanos;
    private long lastCommitMs;
    private boolean forwarded;

    /** Opens a task's flow with what its inbox holds. Nothing is started before the first {@link #look}. */
    PromptFlow(LaneSettings settings, ProcessorContext<byte[], Output> context, KeyValueStore<Long, InboxEntry> inbox) {
        this.settings = settings;
        this.context = context;
        this.inbox = inbox;
        this.limits = settings.config().limits();
        this.codec = settings.newCodec();
        this.reader = new PromptReader(codec, settings.requestDefaults());
        this.judge = new Judge(settings.policies());
        this.writer = settings.newWriter(codec);
        this.lane = settings.newLane();
        this.watch = new FlowWatch(settings.observer());
        this.registry = new RegistryPause(limits);
        this.source = new TopicPartition(
                settings.config().topics().prompts(), context.taskId().partition());
        enter();
        try (KeyValueIterator<Long, InboxEntry> restored = inbox.all()) {
            while (restored.hasNext()) { // keys are big-endian offsets, so this is the order of arrival
                KeyValue<Long, InboxEntry> next = restored.next();
                InboxEntry entry = next.value;
                prompts.add(new PendingPrompt(entry, limits.deadlineMs(), watch.restored(entry, nowNanos())));
            }
        }
        if (prompts.size() > 0) {
            LOG.info("task {} works {} prompts of its inbox again", context.taskId(), prompts.size());
        }
        sayHowMany();
    }

    /** Streams' own clock stands still while the registry keeps us waiting; this one does not. Since the epoch. */
    private long nowNanos() {
        return TimeUnit.MILLISECONDS.toNanos(enteredMs) + System.nanoTime() - enteredNanos;
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nowNanos());
    }

    private void enter() {
        enteredMs = context.currentSystemTimeMs();
        enteredNanos = System.nanoTime();
    }

    /** Takes a prompt in. */
    void take(Record<byte[], byte[]> record) {
        enter();
        RecordMetadata at = context.recordMetadata().orElseThrow();
        Origin origin = new Origin(at.topic(), at.partition(), at.offset());
        if (prompts.find(origin.offset()) != null) {
            return; // somebody set the group's offsets back, and the inbox has it still
        }
        int room = limits.maxRecordBytes() - OutputWriter.REJECT_ROOM_BYTES;
        InboxEntry entry = InboxEntry.of(origin, record, nowMs(), room);
        inbox.put(origin.offset(), entry);
        prompts.add(new PendingPrompt(entry, limits.deadlineMs(), watch.taken(entry, nowNanos())));
        work();
        sayHowMany();
    }

    /** Back pressure besides: a task takes in nothing while another poll might not fit. */
    private void sayHowMany() {
        settings.inboxes().is(source, prompts.size());
        settings.intake()
                .full(
                        source,
                        prompts.size() > limits.maxInbox() - settings.config().maxPollRecords());
    }

    /** Forwards what is finished, and starts what can be. */
    void look() {
        enter();
        work();
        sayHowMany();
        long now = nowMs();
        if (forwarded && now - lastCommitMs >= COMMIT_GAP_MS) {
            context.commit();
            forwarded = false;
            lastCommitMs = now;
        }
    }

    /** Collects what the engine has finished, and does what can be done for every conversation's oldest prompt. */
    private void work() {
        for (GpuLane.Arrival arrival = lane.poll(nowMs()); arrival != null; arrival = lane.poll(nowMs())) {
            settle(arrival);
        }
        List<PendingPrompt> ready = new ArrayList<>();
        PendingPrompt prompt = prompts.nextAfter(-1);
        while (prompt != null) {
            if (prompt.isDue(nowMs())) {
                advance(prompt);
                if (prompt.isReady()) {
                    ready.add(prompt);
                }
            }
            prompt = prompts.nextAfter(prompt.offset());
        }
        offer(ready);
        settings.holdIntakeForDevice(nowMs());
    }

    /** Takes a prompt as far as it goes without the engine. */
    private void advance(PendingPrompt prompt) {
        if (prompt.settlement() == null && prompt.request() == null) {
            read(prompt);
        }
        Accepted accepted = prompt.request();
        if (accepted != null && prompt.isReady() && nowMs() >= prompt.deadlineMs()) {
            reject(prompt, Rejections.late(accepted.event()));
        }
        if (prompt.settlement() != null) {
            forward(prompt, prompt.settlement());
        }
    }

    /**
     * Starts what the engine takes, the oldest first; but while the device is believed to be gone what failed least often
     * is first, failed probes included, so that no prompt is the probe each time.
     */
    private void offer(List<PendingPrompt> ready) {
        if (!settings.deviceHealth().isThere()) {
            ready.sort(Comparator.comparingInt(PendingPrompt::failures));
        }
        for (PendingPrompt prompt : ready) {
            Accepted accepted = prompt.request();
            if (settings.stopping()
                    || accepted == null
                    || !lane.offer(prompt.offset(), accepted.request(), nowMs(), prompt.deadlineMs())) {
                return;
            }
            prompt.ask();
            prompts.handedOver(prompt);
        }
    }

    private void read(PendingPrompt prompt) {
        if (!registry.mayBeAsked(nowMs())) {
            return;
        }
        try {
            PromptReading reading = reader.read(prompt.entry());
            FlowWatch.read(prompt, reading, nowNanos());
            if (reading instanceof Accepted accepted) {
                prompt.accepted(judge.asOfRound(accepted, prompt.entry().rewrites()));
            } else if (reading instanceof Refused refused) {
                reject(prompt, refused.rejection());
            }
        } catch (RegistryOutageException e) {
            registry.failedFor(prompt, nowMs(), e);
        } catch (RuntimeException e) {
            reject(prompt, Rejections.defect(null, Stage.DESERIALIZATION, e));
        }
    }

    private void settle(GpuLane.Arrival arrival) {
        PendingPrompt prompt = prompts.find(arrival.offset());
        Accepted accepted = prompt == null ? null : prompt.request();
        if (prompt == null || accepted == null) {
            throw new IllegalStateException("the lane gave an outcome at " + arrival.offset() + ", where nobody waits");
        }
        prompts.returned(prompt);
        GenerationOutcome outcome = arrival.outcome();
        FlowWatch.attempted(prompt, accepted, arrival);
        if (outcome instanceof Completed completed) {
            judge(prompt, accepted, completed);
        } else if (outcome instanceof Failed failed && arrival.probe() && failed.reason() == Reason.DEVICE_ERROR) {
            // The device is gone still, which nobody can hold against the prompt.
            prompt.excuse();
            prompt.probeFailed();
        } else if (outcome instanceof Failed failed) {
            retryOrReject(prompt, failed.reason(), Rejections.of(accepted.event(), failed));
        }
    }

    private void judge(PendingPrompt prompt, Accepted accepted, Completed completed) {
        Judge.Ruling ruling;
        long began = nowNanos();
        try {
            ruling = judge.rule(accepted, prompt.entry().rewrites(), completed);
        } catch (IllegalArgumentException e) {
            Rejection unscored = new Rejection(
                    accepted.event(), RejectReason.NON_FINITE_LOGITS, Stage.SCORING, String.valueOf(e.getMessage()), e);
            retryOrReject(prompt, Reason.NON_FINITE_LOGITS, unscored);
            return;
        }
        if (ruling instanceof Judge.Again again) {
            prompt.watch().turnedDown(began, nowNanos());
            count(prompt, prompt.entry().rewrittenAgain());
            prompt.accepted(again.next());
        } else if (ruling instanceof Judge.Publish publish) {
            prompt.watch().judged(publish.verdict(), began, nowNanos());
            Instant now = Instant.ofEpochMilli(nowMs());
            EventMapping.Answer answer = new EventMapping.Answer(
                    prompt.entry(), accepted, completed, publish.verdict(), publish.refusal(), now);
            prompt.settle(() -> writer.answer(answer, prompt.asked(), outgoing(prompt)));
        }
    }

    private void retryOrReject(PendingPrompt prompt, Reason reason, Rejection rejection) {
        long now = nowMs();
        if (reason == Reason.ENGINE_CLOSED) {
            // Nothing is wrong with the prompt: it stays in the inbox for whoever works it next.
            prompt.excuse();
            prompt.postpone(now + limits.retryMaxBackoffMs());
            return;
        }
        InboxEntry failed = prompt.entry().failedAgain();
        if (reason.retriable() && failed.attempts() < limits.maxAttempts()) {
            prompt.watch().retried(reason);
            LOG.info("attempt {} of {} at {} failed: {}", failed.attempts(), limits.maxAttempts(), prompt, reason);
            count(prompt, failed);
            prompt.postpone(
                    now + limits.backoffMs(failed.attempts(), failed.origin().jitter(failed.attempts())));
        } else {
            reject(prompt, rejection);
        }
    }

    /** Durable with the next commit, so that whoever works the prompt after us goes on counting. */
    private void count(PendingPrompt prompt, InboxEntry counted) {
        prompt.counted(counted);
        inbox.put(prompt.offset(), counted);
    }

    private void reject(PendingPrompt prompt, Rejection rejection) {
        Instant now = Instant.ofEpochMilli(nowMs());
        LOG.info("{} is rejected: {} in {}", prompt, rejection.reason(), rejection.stage());
        prompt.settle(() -> writer.reject(prompt.entry(), rejection, prompt.asked(), now, outgoing(prompt)));
    }

    /** Sends a settled prompt's outputs and forgets it; all or, while the registry is away, nothing. */
    private void forward(PendingPrompt prompt, PendingPrompt.Settlement settlement) {
        if (!registry.mayBeAsked(nowMs())) {
            return;
        }
        Departure departure;
        try {
            departure = settlement.outputs();
        } catch (RegistryOutageException e) {
            registry.failedFor(prompt, nowMs(), e);
            return;
        } catch (RuntimeException e) {
            reject(prompt, Rejections.defect(eventOf(prompt), Stage.OUTPUT, e));
            return; // forwarded at the next look; a reject's own outputs fail for want of the registry only
        }
        departure.records().forEach(context::forward);
        inbox.delete(prompt.offset());
        prompts.remove(prompt);
        forwarded = true;
        FlowWatch.forwarded(prompt, departure, nowNanos());
    }

    private @Nullable TraceContext outgoing(PendingPrompt prompt) {
        return prompt.watch().outgoing(nowNanos()).orElse(null);
    }

    private static @Nullable PromptEvent eventOf(PendingPrompt prompt) {
        Accepted accepted = prompt.request();
        return accepted == null ? null : accepted.event();
    }

    /** Lets the engine's outcomes fall; the inbox keeps what is unanswered. */
    @Override
    public void close() {
        lane.close();
        codec.close();
        settings.intake().full(source, false);
        settings.inboxes().gone(source);
        long now = nowNanos();
        prompts.all().forEach(prompt -> prompt.watch().left(now));
    }
}
