package dev.temper.training.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.temper.runtime.torch.Script;
import java.util.List;
import java.util.stream.Stream;

/**
 * The moment at which S sequences, in neighbouring slots, choose their next tokens: all models have read all before it.
 *
 * @param scope owns what is made now
 * @param script `training/baseline_methods.py`
 * @param logits [S, vocabulary], the language model's
 * @param outputs [S, outputs] of each companion, in the rule's order
 * @param begins whether the prompts were just read
 * @param lengths tokens of these sequences that are cached
 * @param first slot of the first of them
 * @param sampling what the script's methods take last: newest tokens [S], bans, bits of the sampling rules, uniform
 *     numbers [S], {@code first}, the state
 */
record Turn(
        NDManager scope,
        Script script,
        NDArray logits,
        List<NDArray> outputs,
        boolean begins,
        Lengths lengths,
        int first,
        List<Object> sampling) {

    /** Runs a method that decides: [S, 3] float64, token, finite, KL. */
    NDArray decide(String method, Object... own) {
        return script.call(scope, method, arguments(own));
    }

    /** Runs a method with several results. */
    List<NDArray> each(String method, Object... own) {
        return script.callAll(scope, method, arguments(own));
    }

    private Object[] arguments(Object... own) {
        return Stream.of(Stream.of(own), Stream.of((Object) logits), sampling.stream())
                .flatMap(part -> part)
                .toArray();
    }
}
