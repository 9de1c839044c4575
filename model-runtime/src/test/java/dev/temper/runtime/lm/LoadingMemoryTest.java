package dev.temper.runtime.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.runtime.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Loading needs, beside the weights themselves, no more than 1.2 times the largest shard. Counted is all resident memory of the
 * process, mapped pages of the files included, as the kernel's high-water mark has it. On a CPU the device's memory is the
 * host's, so the weights themselves are what is left when loading is over.
 */
@EnabledOnOs(OS.LINUX)
class LoadingMemoryTest {
    private static final int SHARDS = 4;
    private static final int PARTS = 4;
    private static final int ROWS = 4096;
    private static final int COLUMNS = 1024;
    private static final long SHARD_KILOBYTES = (long) PARTS * ROWS * COLUMNS * Float.BYTES / 1024;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    /** Every second weight is joined of two, whose parts lie in different shards. */
    static WeightPlan plan() {
        List<WeightPlan.Slot> slots = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            for (int shard = 0; shard < SHARDS; shard += 2) {
                WeightPlan.Part first = part(shard, part);
                WeightPlan.Part second = part(shard + 1, part);
                if (part % 2 == 0) {
                    slots.add(new WeightPlan.Stored(List.of(first, second)));
                } else {
                    slots.add(new WeightPlan.Stored(List.of(first)));
                    slots.add(new WeightPlan.Stored(List.of(second)));
                }
            }
        }
        return new WeightPlan(slots, List.of(Pattern.compile("small")));
    }

    static WeightPlan smallPlan() {
        return new WeightPlan(
                List.of(new WeightPlan.Stored(List.of(WeightPlan.Part.of("small", 1)))),
                List.of(Pattern.compile("w.*")));
    }

    private static WeightPlan.Part part(int shard, int part) {
        return WeightPlan.Part.of("w." + shard + "." + part, ROWS, COLUMNS);
    }

    @BeforeAll
    static void writeShards() throws IOException {
        StringBuilder index = new StringBuilder("{\"weight_map\":{\"small\":\"shard-0.safetensors\"");
        for (int shard = 0; shard < SHARDS; shard++) {
            String file = "shard-" + shard + ".safetensors";
            List<SafetensorsWriter.Declared> tensors = new ArrayList<>();
            for (int part = 0; part < PARTS; part++) {
                String name = part(shard, part).name();
                tensors.add(new SafetensorsWriter.Declared(
                        name, ElementType.FLOAT32, List.of((long) ROWS, (long) COLUMNS)));
                index.append(",\"").append(name).append("\":\"").append(file).append('"');
            }
            if (shard == 0) {
                tensors.add(new SafetensorsWriter.Declared("small", ElementType.FLOAT32, List.of(1L)));
            }
            write(folder.resolve(file), tensors);
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
    }

    private static void write(Path file, List<SafetensorsWriter.Declared> tensors) throws IOException {
        try (SafetensorsWriter writer = new SafetensorsWriter(file, tensors, Map.of())) {
            for (SafetensorsWriter.Declared tensor : tensors) {
                writer.write(tensor.name(), ByteBuffer.allocate(Math.toIntExact(tensor.bytes())));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1", "BFLOAT16, 2"})
    void shouldHoldNoMoreThanTheLargestShardBesideTheWeights(ElementType type, int halved, @TempDir Path temp)
            throws IOException, InterruptedException {
        // When
        ChildJvm.Result result = ChildJvm.run(LoadingProcess.class, temp, folder.toString(), type.name());

        // Then
        assertThat(result.exitCode()).as(result.end()).isZero();
        String[] words = result.lastLine().split(" ");
        long before = Long.parseLong(words[1]);
        long peak = Long.parseLong(words[3]);
        long after = Long.parseLong(words[5]);
        assertThat(after - before).isGreaterThan((long) (0.9 * SHARDS * SHARD_KILOBYTES / halved)); // weights are there
        assertThat(peak - after).isLessThan((long) (1.2 * SHARD_KILOBYTES));
    }
}
