package dev.temper.benchmarks.decode;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.torch.TorchRuntime;

/**
 * How fast the device reads memory: the limit of decoding at batch 1, where each weight is used once a token. Reads a
 * buffer as large as the weights through the same library and threads, once as a sum and once as a matrix-vector product,
 * and takes the faster. Owns the buffer; used by one thread.
 */
final class BandwidthProbe implements AutoCloseable {
    private static final int COLUMNS = 4096;
    private static final int REPEATS = 3;

    private final NDManager manager;
    private final NDArray matrix; // [rows, COLUMNS] float32
    private final NDArray vector; // [COLUMNS]

    BandwidthProbe(TorchRuntime runtime, long bytes) {
        this.manager = runtime.newManager();
        long rows = Math.max(1, bytes / (COLUMNS * (long) Float.BYTES));
        this.matrix = manager.ones(new Shape(rows, COLUMNS), DataType.FLOAT32);
        this.vector = manager.ones(new Shape(COLUMNS), DataType.FLOAT32);
    }

    long bytes() {
        return matrix.getShape().size() * Float.BYTES;
    }

    /** Bytes a second, the best of a few readings. */
    double measure() {
        double fastest = Double.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            fastest = Math.min(fastest, Math.min(secondsOf(true), secondsOf(false)));
        }
        return bytes() / fastest;
    }

    private double secondsOf(boolean sum) {
        long start = System.nanoTime();
        try (NDArray read = sum ? matrix.sum() : matrix.matMul(vector);
                NDArray one = sum ? read.reshape(1) : read.get("0:1")) {
            one.toFloatArray(); // waits for the device
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        manager.close();
    }
}
