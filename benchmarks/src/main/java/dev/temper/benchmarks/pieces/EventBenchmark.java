package dev.temper.benchmarks.pieces;

import dev.temper.sandbox.registry.EmbeddedRegistry;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.serde.AvroSerdes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A prompt event to bytes and back, the schema being known to both sides already. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EventBenchmark {
    private final PromptEvent event = PromptEvent.newBuilder()
            .setId("prompt-1")
            .setMessages(List.of(
                    new Message(Role.USER, "What shall we cook tonight?"),
                    new Message(Role.ASSISTANT, "A soup: it takes half an hour and one pot."),
                    new Message(Role.USER, "Tell me how, step by step, please.")))
            .build();

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private Path folder;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private EmbeddedRegistry registry;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private Serde<PromptEvent> serde;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private byte[] bytes;

    @Setup
    public void setUp() throws IOException {
        folder = Files.createTempDirectory("temper-bench");
        registry = EmbeddedRegistry.start(folder, 0);
        serde = AvroSerdes.values(
                AvroSerdes.DEFAULT_SERDE, PromptEvent.class, Map.of("schema.registry.url", registry.url()));
        bytes = serde.serializer().serialize(Topics.PROMPTS, event);
    }

    @Benchmark
    public byte[] serialize() {
        return serde.serializer().serialize(Topics.PROMPTS, event);
    }

    @Benchmark
    public PromptEvent deserialize() {
        return serde.deserializer().deserialize(Topics.PROMPTS, bytes);
    }

    @TearDown
    public void tearDown() throws IOException {
        serde.close();
        registry.close();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
