package dev.temper.runtime.lm;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Loads a checkpoint in a process of its own and prints what the kernel says of the memory: {@code LoadingProcess FOLDER TYPE}. */
final class LoadingProcess {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    private LoadingProcess() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        ElementType type = ElementType.valueOf(args[1]);
        try (NDManager manager = TorchRuntime.open("cpu", 1).newManager()) {
            WeightFiles files = WeightFiles.find(folder);
            WeightLoader.load(
                    files, LoadingMemoryTest.smallPlan(), type, manager, LoadProgress.SILENT); // classes, libraries
            Files.writeString(CLEAR, "5"); // the high-water mark begins anew
            long before = kilobytes("VmRSS");
            WeightLoader.load(files, LoadingMemoryTest.plan(), type, manager, LoadProgress.SILENT);
            long after = kilobytes("VmRSS");
            System.out.println("before " + before + " peak " + kilobytes("VmHWM") + " after " + after);
        }
    }

    private static long kilobytes(String name) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
