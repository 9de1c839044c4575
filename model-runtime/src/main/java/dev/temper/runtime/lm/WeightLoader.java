package dev.temper.runtime.lm;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.WeightPlan.Part;
import dev.temper.runtime.lm.WeightPlan.Shared;
import dev.temper.runtime.lm.WeightPlan.Slot;
import dev.temper.runtime.lm.WeightPlan.Stored;
import dev.temper.runtime.torch.Script;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings weights from files to a device: each file is memory-mapped and read once, front to back, each tensor is
 * converted on its way into its place. Beyond the weights themselves, memory holds only the pages being read.
 *
 * <p>float32 weights are ordinary arrays that autograd may train; those of other types are for inference only.
 */
public final class WeightLoader {
    private static final Logger LOG = LoggerFactory.getLogger(WeightLoader.class);

    /** Elements that the path for unaligned tensors converts at once. */
    private static final int CHUNK_ELEMENTS = 1 << 20;

    private final Script script;
    private final NDManager scope;
    private final ElementType type;
    private final String device;

    private WeightLoader(NDManager scope, ElementType type) {
        this.scope = scope;
        this.type = type;
        this.device = scope.getDevice().isGpu() ? "cuda:" + scope.getDevice().getDeviceId() : "cpu";
        this.script = Script.compile(scope, List.of(), "lm/weights.py");
    }

    /** A part and its place. */
    private record Job(Part part, NDArray weight, long row, WeightFiles.StoredTensor stored) {}

    /**
     * Loads the weights of a plan.
     *
     * @param type float32, float16 or bfloat16: what the weights are converted to
     * @param owner will own the weights; its device is where they go. Nothing is left behind when loading fails.
     * @throws TemperException if the files do not hold what the plan needs, naming what is missing, misshapen or too
     *     much; or if they cannot be read; or if the device's memory does not suffice
     */
    public static LoadedWeights load(
            WeightFiles files, WeightPlan plan, ElementType type, NDManager owner, LoadProgress progress) {
        if (!type.isComputed()) {
            throw new IllegalArgumentException("weights are float32, float16 or bfloat16, not " + type);
        }
        plan.check(files);
        long start = System.nanoTime();
        try (NDManager scope = owner.newSubManager();
                NDManager weightsOwner = owner.newSubManager()) {
            WeightLoader loader = new WeightLoader(scope, type);
            List<Job> jobs = new ArrayList<>();
            List<NDArray> arrays = loader.allocate(files, plan, weightsOwner, jobs);
            long bytes = loader.copy(jobs, progress);
            arrays.forEach(array -> array.attach(owner));
            LoadedWeights loaded = new LoadedWeights(arrays, bytes, (System.nanoTime() - start) / 1e9);
            LOG.info(
                    "Loaded {} MB of weights from {} to {} in {} s ({} GB/s)",
                    bytes / 1_000_000,
                    files.folder(),
                    loader.device,
                    String.format(Locale.ROOT, "%.2f", loaded.seconds()),
                    String.format(Locale.ROOT, "%.2f", loaded.gigabytesPerSecond()));
            return loaded;
        } catch (EngineException e) {
            throw new TemperException(
                    "the weights in " + files.folder() + " could not be loaded to the device ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + "); free memory there, or choose bfloat16 or a smaller model",
                    e);
        }
    }

    private List<NDArray> allocate(WeightFiles files, WeightPlan plan, NDManager weightsOwner, List<Job> jobs) {
        List<NDArray> arrays = new ArrayList<>();
        for (Slot slot : plan.slots()) {
            if (slot instanceof Shared shared) {
                arrays.add(arrays.get(shared.slot()));
            } else if (slot instanceof Stored stored) {
                NDArray weight = allocate(weightsOwner, stored.shape());
                arrays.add(weight);
                long row = 0;
                for (Part part : stored.parts()) {
                    jobs.add(new Job(part, weight, row, files.find(part.name()).orElseThrow()));
                    row += part.rows();
                }
            }
        }
        return arrays;
    }

    private NDArray allocate(NDManager weightsOwner, List<Long> shape) {
        long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
        if (type == ElementType.FLOAT32) {
            // Made outside inference mode, so that training can use it.
            return weightsOwner.create(new Shape(dimensions), DataType.FLOAT32);
        }
        return script.call(weightsOwner, "allocate", dimensions, type.torchCode(), device);
    }

    /** Copies all parts in the order in which they lie in the files; returns the bytes read. */
    private long copy(List<Job> jobs, LoadProgress progress) {
        long total =
                jobs.stream().mapToLong(job -> job.stored().tensor().bytes()).sum();
        long done = 0;
        jobs.sort(Comparator.comparing((Job job) -> job.stored().file().file())
                .thenComparing(job -> job.stored().tensor().begin()));
        int next = 0;
        while (next < jobs.size()) {
            Path file = jobs.get(next).stored().file().file();
            try (NDManager mapping = scope.newSubManager()) {
                Map<ElementType, NDArray> mapped = new EnumMap<>(ElementType.class);
                for (;
                        next < jobs.size()
                                && jobs.get(next).stored().file().file().equals(file);
                        next++) {
                    copy(jobs.get(next), mapping, mapped);
                    done += jobs.get(next).stored().tensor().bytes();
                    progress.loaded(done, total);
                }
            }
        }
        return total;
    }

    private void copy(Job job, NDManager mapping, Map<ElementType, NDArray> mapped) {
        Safetensors.Tensor tensor = job.stored().tensor();
        if (!tensor.aligned()) {
            copyUnaligned(job);
            return;
        }
        Safetensors file = job.stored().file();
        NDArray source = mapped.computeIfAbsent(
                tensor.type(),
                stored -> script.call(
                        mapping,
                        "map_file",
                        file.file().toString(),
                        file.fileSize() / stored.bytes(),
                        stored.torchCode()));
        script.execute(
                "fill",
                job.weight(),
                job.row(),
                job.part().rows(),
                source,
                tensor.begin() / tensor.type().bytes(),
                tensor.elements());
    }

    /** Old writers did not pad the header; elements that straddle their natural boundaries cannot be mapped. */
    private void copyUnaligned(Job job) {
        long rowElements = job.part().rowElements();
        long rowsAtOnce = Math.max(1, CHUNK_ELEMENTS / rowElements);
        for (long row = 0; row < job.part().rows(); row += rowsAtOnce) {
            long rows = Math.min(rowsAtOnce, job.part().rows() - row);
            Safetensors.Tensor tensor = job.stored().tensor();
            float[] values = HalfPrecision.toFloats(
                    job.stored().file().read(tensor, row * rowElements, rows * rowElements), tensor.type());
            try (NDArray source = scope.create(values)) {
                script.execute("fill", job.weight(), job.row() + row, rows, source, 0, values.length);
            }
        }
    }
}
