/** Fine-tuning a base checkpoint to a sequence classifier: data, batches, model, checkpoints, the training loop. */
@NullMarked
package dev.temper.training.classifier;

import org.jspecify.annotations.NullMarked;
