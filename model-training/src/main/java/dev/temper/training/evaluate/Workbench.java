package dev.temper.training.evaluate;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;

/**
 * What systems, judges and scorers are loaded on.
 *
 * @param weights type that weights of language models are loaded in
 * @param maxBatch most answers in the making at once
 */
public record Workbench(TorchRuntime runtime, ElementType weights, int maxBatch) {
    public static final int DEFAULT_MAX_BATCH = 64;

    public Workbench {
        if (maxBatch < 1) {
            throw new IllegalArgumentException("batch must be at least 1, not " + maxBatch);
        }
    }
}
