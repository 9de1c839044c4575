package dev.temper.runtime.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much memory is free. */
final class DeviceMemory {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    private DeviceMemory() {}

    static long freeOfGpu(Device device) {
        try {
            MemoryUsage usage = CudaUtils.getGpuMemory(device);
            return usage.getMax() - usage.getCommitted();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("the free memory of {} is not known; set cache_bytes when it runs out", device, e);
            return Long.MAX_VALUE;
        }
    }

    /** What the machine can give without swapping, and a container's bound where there is one. */
    static long freeOfMachine() {
        long total = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        return Math.min(total, available());
    }

    private static long available() {
        if (!Files.exists(MEMINFO)) {
            return Long.MAX_VALUE;
        }
        try {
            return Files.readAllLines(MEMINFO).stream()
                    .filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
