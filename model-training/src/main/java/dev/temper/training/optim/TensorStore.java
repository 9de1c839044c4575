package dev.temper.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.Safetensors;
import dev.temper.runtime.lm.SafetensorsWriter;
import dev.temper.runtime.torch.Script;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Lists of float32 arrays and a few texts in one file: what a training needs to go on where it was. The file appears
 * whole or not at all, so a kill at any moment leaves the one before.
 */
public final class TensorStore {
    private final Script script;

    public TensorStore(NDManager owner) {
        this.script = Script.compile(owner, List.of(), "training/tensors.py");
    }

    /** Writes the file, replacing what was there, and forces it to the disk. */
    public void write(Path file, Map<String, List<NDArray>> lists, Map<String, String> texts) {
        List<SafetensorsWriter.Declared> declared = new ArrayList<>();
        lists.forEach((name, arrays) -> {
            for (int i = 0; i < arrays.size(); i++) {
                List<Long> shape = Arrays.stream(arrays.get(i).getShape().getShape())
                        .boxed()
                        .toList();
                declared.add(new SafetensorsWriter.Declared(nameOf(name, i), ElementType.FLOAT32, shape));
            }
        });
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            try (SafetensorsWriter writer = new SafetensorsWriter(unfinished, declared, texts)) {
                for (Map.Entry<String, List<NDArray>> list : lists.entrySet()) {
                    for (int i = 0; i < list.getValue().size(); i++) {
                        writer.write(
                                nameOf(list.getKey(), i), list.getValue().get(i).toFloatArray(), ElementType.FLOAT32);
                    }
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot write checkpoint " + file + " (" + e + "); check the disk's space and permissions", e);
        }
    }

    /**
     * Copies stored values into arrays that exist: weights that require gradients among them.
     *
     * @throws TemperException if the file does not hold arrays of these names and shapes
     */
    public void read(Safetensors file, Map<String, List<NDArray>> lists, NDManager owner) {
        lists.forEach((name, arrays) -> {
            for (int i = 0; i < arrays.size(); i++) {
                NDArray target = arrays.get(i);
                Safetensors.Tensor stored = file.find(nameOf(name, i))
                        .filter(tensor -> tensor.type() == ElementType.FLOAT32
                                && tensor.shape()
                                        .equals(Arrays.stream(target.getShape().getShape())
                                                .boxed()
                                                .toList()))
                        .orElseThrow(() -> new TemperException(
                                "checkpoint " + file.file() + " does not fit this model; delete it to start anew"));
                FloatBuffer values = file.read(stored).asFloatBuffer();
                try (NDArray source = owner.create(values, target.getShape())) {
                    script.execute("copy", target, source);
                }
            }
        });
    }

    /** Copies arrays into others of the same shapes. */
    public void copy(List<NDArray> from, List<NDArray> to) {
        for (int i = 0; i < from.size(); i++) {
            script.execute("copy", to.get(i), from.get(i));
        }
    }

    /** Leaves in each array what would be read back if it were stored in a narrower type. */
    public void round(List<NDArray> arrays, ElementType type) {
        arrays.forEach(array -> script.execute("round", array, type.torchCode()));
    }

    private static String nameOf(String list, int index) {
        return list + "." + index;
    }
}
