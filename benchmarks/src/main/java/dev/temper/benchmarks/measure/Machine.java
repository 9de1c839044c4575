package dev.temper.benchmarks.measure;

import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where and with what a measurement was made.
 *
 * @param date when, UTC
 * @param commit of Temper, with {@code -dirty} where files were changed; {@code unknown} outside a clone
 * @param processor the CPU's name
 * @param cores that this process may use
 * @param memoryGigabytes of the machine
 * @param device where the model ran: {@code cpu}, or the GPU's name
 * @param threads of one operation on the CPU
 * @param java version and vendor
 * @param javaOptions options of the virtual machine, which change what the host's part costs
 */
public record Machine(
        String date,
        String commit,
        String processor,
        int cores,
        long memoryGigabytes,
        String device,
        int threads,
        String java,
        List<String> javaOptions,
        String djl,
        String libtorch,
        String system) {
    private static final String UNKNOWN = "unknown";
    private static final long ANSWER_SECONDS = 10;

    /** Describes the machine that this runs on. */
    public static Machine describe(TorchRuntime runtime) {
        return new Machine(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                answer(
                        "git",
                        "-C",
                        System.getenv().getOrDefault("TEMPER_HOME", "."),
                        "describe",
                        "--always",
                        "--dirty"),
                line("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                runtime.device().isGpu()
                        ? answer("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
                        : "cpu",
                runtime.threads(),
                Runtime.version() + " " + System.getProperty("java.vendor"),
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(option -> option.startsWith("-X"))
                        .toList(),
                runtime.bridgeVersion(),
                runtime.libraryVersion(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"));
    }

    /** One line for a person. */
    public String summary() {
        return processor + ", " + cores + " cores, " + memoryGigabytes + " GB; device " + device + ", " + threads
                + " threads; Java " + java + ", DJL " + djl + ", libtorch " + libtorch + "; commit " + commit + ", "
                + date;
    }

    private static long memory() {
        String kilobytes = line("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kilobytes.isEmpty() ? 0 : Math.round(Long.parseLong(kilobytes) * 1024 / 1e9);
    }

    private static String line(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(key) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** The first line that a program answers, if it is there. */
    private static String answer(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean well = process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            return well && !text.isEmpty() ? text.lines().findFirst().orElse(UNKNOWN) : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
