/**
 * Fine-tuning towards the closest distribution that satisfies a policy: sequential and parallel algorithms, adaptive
 * regulariser (Meng et al., "Attribute Controlled Fine-tuning for Large Language Models", Findings of EMNLP 2024).
 */
@NullMarked
package dev.temper.training.regularise;

import org.jspecify.annotations.NullMarked;
