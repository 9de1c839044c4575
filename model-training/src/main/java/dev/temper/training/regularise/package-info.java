/**
 * Fine-tuning towards the closest distribution that satisfies a policy: sequential and parallel algorithms, adaptive
 * regulariser (Meng et al., "Attribute Controlled Fine-tuning for Large Language Models", Findings of EMNLP 2024); and the
 * baselines that train: plainly, filtered, and by reinforcement.
 */
@NullMarked
package dev.temper.training.regularise;

import org.jspecify.annotations.NullMarked;
