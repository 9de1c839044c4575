package dev.temper.runtime.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.temper.runtime.TemperException;
import java.util.Locale;

/**
 * The PyTorch engine on one device. There is one engine in a process; opening a second runtime shares it. Thread-safe.
 */
public final class TorchRuntime {
    private final Device device;

    private TorchRuntime(Device device) {
        this.device = device;
    }

    /**
     * Starts the engine, or finds it started.
     *
     * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
     * @param threads threads of one operation on a CPU; 0 leaves the engine's own choice. Two engines that both use all
     *     cores slow each other down manifold, so give each its share.
     * @throws TemperException if the native library is missing, is of another version than the bridge was built for, or
     *     has no such device
     */
    public static TorchRuntime open(String device, int threads) {
        NativeLibrary.requireMatchingVersion(System.getenv());
        // Nothing is fetched or reported at run time: what runs is what was installed.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            Engine engine = Engine.getEngine("PyTorch");
            NativeLibrary.requireSound(engine);
            TorchRuntime runtime = new TorchRuntime(parse(device, engine));
            if (threads > 0) {
                JniUtils.setNumThreads(threads);
            }
            // The profiling executor recompiles for each new shape; a decoding batch has a new shape at every step.
            JniUtils.setGraphExecutorOptimize(false);
            return runtime;
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw new TemperException(
                    "the PyTorch native library could not be loaded (" + firstLine(e) + "); run `temper doctor`", e);
        }
    }

    private static Device parse(String name, Engine engine) {
        String wanted = name.toLowerCase(Locale.ROOT);
        if (wanted.equals("cpu")) {
            return Device.cpu();
        }
        if (wanted.matches("cuda(:\\d{1,3})?")) {
            int index = wanted.equals("cuda") ? 0 : Integer.parseInt(wanted.substring("cuda:".length()));
            int found = engine.getGpuCount();
            if (index >= found) {
                throw new TemperException("device " + name + " is not there: the engine sees " + found
                        + " CUDA device(s); use device cpu, or install a CUDA build of libtorch "
                        + NativeLibrary.REQUIRED_VERSION + " and set PYTORCH_LIBRARY_PATH to its lib folder");
            }
            return Device.gpu(index);
        }
        throw new TemperException("unknown device '" + name + "': use cpu, cuda or cuda:N");
    }

    private static String firstLine(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse(cause.getClass().getSimpleName());
    }

    /** A new root owner of arrays on this device. The caller closes it. */
    public NDManager newManager() {
        return NDManager.newBaseManager(device, "PyTorch");
    }

    /** Bytes of the device's memory that are free, as far as the machine tells; else {@link Long#MAX_VALUE}. */
    public long freeBytes() {
        return device.isGpu() ? DeviceMemory.freeOfGpu(device) : DeviceMemory.freeOfMachine();
    }

    public Device device() {
        return device;
    }

    /** The device's name as TorchScript knows it. */
    public String deviceName() {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /** Threads of one operation on a CPU. */
    public int threads() {
        return JniUtils.getNumThreads();
    }

    /** The native library's version. */
    public String libraryVersion() {
        return Engine.getEngine("PyTorch").getVersion();
    }

    /** The Java bridge's version. */
    public String bridgeVersion() {
        return Engine.getDjlVersion();
    }

    /** What a person wants to know: library version, device, threads. */
    public String describe() {
        return "libtorch " + libraryVersion() + " on " + deviceName() + ", " + threads() + " threads";
    }
}
