package dev.temper.tests.chaos;

import static org.awaitility.Awaitility.await;

import dev.temper.app.Sidecar;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.TopicsConfig;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.Role;
import dev.temper.tests.chaos.Load.Draft;
import dev.temper.tests.chaos.Load.Pace;
import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.Backbone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.awaitility.core.ConditionTimeoutException;

/** One fault under load: topics, an application and a ledger of its own, on servers that trials share. */
final class Trial implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final int CONVERSATIONS = 97;
    /** Nothing here is allowed to stand still for so long; nothing waits so long when all is well. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String name;
    private final Backbone servers;
    private final Path folder;
    private final Scale scale;
    private final TopicsConfig topics;
    private final Ledger ledger = new Ledger();
    private final CommittedReader reader;
    private final List<Instance> instances = new CopyOnWriteArrayList<>();

    Trial(String name, Backbone servers, Path folder, Scale scale) throws Exception {
        this.name = name;
        this.servers = servers;
        this.folder = Files.createDirectories(folder.resolve(name));
        this.scale = scale;
        this.topics = new TopicsConfig(
                name + ".prompts",
                name + ".results",
                name + ".flagged",
                name + ".rejects",
                name + ".policies",
                name + ".verdicts",
                name + ".subspaces");
        servers.createTopics(topics, PARTITIONS);
        this.reader = new CommittedReader(servers, topics, ledger);
    }

    Ledger ledger() {
        return ledger;
    }

    String promptsTopic() {
        return topics.prompts();
    }

    /** Prompts until it is told to stop. */
    Load load() {
        return load(good(), Integer.MAX_VALUE);
    }

    Load load(IntFunction<Draft> drafts, int most) {
        return load(drafts, most, scale.promptsPerSecond());
    }

    Load load(IntFunction<Draft> drafts, int most, int perSecond) {
        Pace pace = new Pace(perSecond, CONVERSATIONS, scale.seed());
        return new Load(servers, topics.prompts(), ledger, drafts, pace, most);
    }

    /** Makes prompts that must be answered. */
    IntFunction<Draft> good() {
        return good(Due.ANSWER);
    }

    IntFunction<Draft> good(Due due) {
        Serializer<PromptEvent> serializer = serializer();
        return n -> {
            String prompt = "prompt " + n;
            PromptEvent event = PromptEvent.newBuilder()
                    .setMessages(List.of(new Message(Role.USER, prompt)))
                    .build();
            return new Draft(prompt, serializer.serialize(topics.prompts(), event), due);
        };
    }

    Serializer<PromptEvent> serializer() {
        return servers.serde(PromptEvent.class).serializer();
    }

    /** A process, not started yet. Instances that are to take each other's place have different names. */
    Instance instance(String instance, Mutant mutant, Engine engine, String kafka) throws IOException {
        Path state = folder.resolve("state-" + instance);
        Path config = folder.resolve(instance + ".yaml");
        Files.writeString(config, settings(state, kafka, "") + mutant.settings());
        List<String> arguments =
                List.of(mutant.name(), Integer.toString(engine.size()), Integer.toString(engine.slowestMs()));
        Instance made = new Instance(config, state, arguments);
        instances.add(made);
        return made;
    }

    /** Size and pace of a process' engine. */
    record Engine(int size, int slowestMs) {
        static final Engine QUICK = new Engine(16, 12);
    }

    /** A settings line that gives an instance a fixed place in the group. */
    static String member(String id) {
        return "  group.instance.id: " + id + "\n";
    }

    /** One in this process; closes neither engine nor itself. */
    Sidecar sidecar(GenerationEngine engine) {
        return sidecar(engine, "");
    }

    /** The same, with more lines for the limits. */
    Sidecar sidecar(GenerationEngine engine, String limits) {
        return Sidecar.start(ConfigLoader.parse(name, settings(folder.resolve("state"), "", limits), folder), engine);
    }

    private String settings(Path state, String kafka, String limits) {
        return """
                topics:
                  {prompts: %s, results: %s, flagged: %s, rejects: %s, policies: %s, verdicts: %s, subspaces: %s}
                schema_registry: {schema.registry.url: "%s"}
                limits:
                  max_inbox: 64
                  # The engine fails now and then; no prompt shall be rejected for that.
                  max_attempts: 10
                  retry_backoff_ms: 20
                  retry_max_backoff_ms: 500
                %s
                kafka:
                  bootstrap.servers: "%s"
                  application.id: %s
                  state.dir: %s
                  # What a killed instance left open, whose state is lost too, ends by this.
                  producer.transaction.timeout.ms: 10000
                %s""".formatted(
                        topics.prompts(),
                        topics.results(),
                        topics.flagged(),
                        topics.rejects(),
                        topics.policies(),
                        topics.verdicts(),
                        topics.subspaces(),
                        servers.registryUrl(),
                        limits,
                        servers.bootstrapServers(),
                        name,
                        state,
                        kafka);
    }

    void awaitAnswers(int more) {
        int before = ledger.answeredCount();
        await(() -> ledger.answeredCount() >= before + more);
    }

    void awaitEndOf(Ledger.Fault fault) {
        await(fault::isOver);
    }

    /** Fails when nothing is left to wait for: an instance does not stay up, or nothing has moved for too long. */
    void await(Callable<Boolean> condition) {
        try {
            org.awaitility.Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        instances.forEach(Instance::requireSteady);
                        return condition.call();
                    });
        } catch (ConditionTimeoutException e) {
            throw standstill(e);
        }
    }

    /** Says where it stands still; what the instances' threads do is then in their logs. */
    private IllegalStateException standstill(ConditionTimeoutException e) {
        for (Instance instance : instances) {
            try {
                instance.dumpThreads();
            } catch (IOException dump) {
                e.addSuppressed(dump);
            }
        }
        return new IllegalStateException(
                name + " stands still. Offsets taken in: " + offsetsTakenIn() + ". " + ledger.standing(), e);
    }

    private Map<TopicPartition, Long> offsetsTakenIn() {
        Map<TopicPartition, Long> offsets = new TreeMap<>(Comparator.comparing(TopicPartition::partition));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()))) {
            admin.listConsumerGroupOffsets(name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> offsets.put(partition, offset == null ? 0 : offset.offset()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the group's offsets could not be read", e);
        }
        return offsets;
    }

    /** Prompts that the application takes for its own, by the offsets it has committed, and has not answered. */
    long unansweredOfTakenIn() {
        return offsetsTakenIn().values().stream().mapToLong(Long::longValue).sum() - ledger.answeredCount();
    }

    /** Until all that was sent has an outcome, or nothing moves any more; which of them, the verdict says. */
    void awaitAllAnswered(Duration stillness) {
        int before = -1;
        while (!ledger.allAnswered() && ledger.answeredCount() > before) {
            before = ledger.answeredCount();
            int reached = before;
            try {
                org.awaitility.Awaitility.await()
                        .atMost(stillness)
                        .until(() -> ledger.allAnswered() || ledger.answeredCount() > reached);
            } catch (ConditionTimeoutException e) {
                return;
            }
        }
    }

    void awaitAllAnswered() {
        awaitAllAnswered(PATIENCE);
    }

    /** What was sent is with the broker. */
    void awaitSent(Load load) throws Exception {
        await(load::isOver);
        load.finish();
    }

    /** Judges, when all sidecars are gone. */
    Verdict judge() throws InterruptedException {
        instances.forEach(Instance::requireSteady);
        reader.finish(PATIENCE, servers);
        return Verdict.of(ledger);
    }

    @Override
    public void close() throws InterruptedException {
        reader.close();
    }
}
