package dev.temper.runtime.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.Script;

/**
 * Rotary position angles on a device, as many as have been asked for: a model may know far more positions than anyone uses.
 * Computed in float32 as the reference does: angle(p, i) = p · inverse frequency(i), each standing twice in a row so that both
 * halves of a head rotate alike.
 */
final class RotaryTable implements AutoCloseable {
    private static final int LEAST_POSITIONS = 1024;

    private final NDManager manager;
    private final Script script;
    private final ElementType type;
    private final float[] inverseFrequencies;
    private final int maxPositions;
    private int positions;
    private NDArray[] arrays;
    private Script.Values cosines;
    private Script.Values sines;

    /**
     * @param manager owns the tables
     * @param script of the model, for {@code cast}
     * @param inverseFrequencies radians per position; none for a model without rotary positions, whose tables have no columns
     * @param maxPositions most that can be asked for
     */
    RotaryTable(NDManager manager, Script script, ElementType type, float[] inverseFrequencies, int maxPositions) {
        this.manager = manager;
        this.script = script;
        this.type = type;
        this.inverseFrequencies = inverseFrequencies;
        this.maxPositions = maxPositions;
        this.positions = inverseFrequencies.length == 0 ? maxPositions : Math.min(LEAST_POSITIONS, maxPositions);
        this.arrays = tables();
        this.cosines = Script.Values.of(arrays[0]);
        this.sines = Script.Values.of(arrays[1]);
    }

    /** Makes sure that there are angles for so many positions; what {@link #cosines} and {@link #sines} gave before is closed. */
    void reserve(int wanted) {
        if (wanted <= positions) {
            return;
        }
        if (wanted > maxPositions) {
            throw new IllegalArgumentException("the model knows " + maxPositions + " positions, not " + wanted);
        }
        positions = (int) Math.min(maxPositions, Math.max(wanted, 2L * positions));
        NDArray[] before = arrays;
        closeValues();
        arrays = tables();
        cosines = Script.Values.of(arrays[0]);
        sines = Script.Values.of(arrays[1]);
        before[0].close();
        before[1].close();
    }

    private NDArray[] tables() {
        int half = inverseFrequencies.length;
        float[] cos = new float[Math.multiplyExact(positions, 2 * half)];
        float[] sin = new float[cos.length];
        for (int p = 0; p < positions; p++) {
            for (int i = 0; i < half; i++) {
                float angle = p * inverseFrequencies[i];
                int at = p * 2 * half + i;
                cos[at] = cos[at + half] = (float) Math.cos(angle);
                sin[at] = sin[at + half] = (float) Math.sin(angle);
            }
        }
        return new NDArray[] {onDevice(cos), onDevice(sin)};
    }

    private NDArray onDevice(float[] table) {
        Shape shape = new Shape(positions, 2L * inverseFrequencies.length);
        NDArray float32 = manager.create(table, shape);
        if (type == ElementType.FLOAT32) {
            return float32; // a cast would be a view of the memory that closing it frees
        }
        try (float32) {
            return script.call(manager, "cast", float32, type.torchCode());
        }
    }

    /** [positions, dimensions that turn], wrapped. */
    Script.Values cosines() {
        return cosines;
    }

    /** [positions, dimensions that turn], wrapped. */
    Script.Values sines() {
        return sines;
    }

    private void closeValues() {
        cosines.close();
        sines.close();
    }

    @Override
    public void close() {
        closeValues();
    }
}
