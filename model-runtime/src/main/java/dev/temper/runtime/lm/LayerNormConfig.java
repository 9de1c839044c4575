package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings of the families that normalise with mean and variance: those before Llama. */
public interface LayerNormConfig extends LmConfig {
    /** Sizes of the decoder. */
    DecoderSizes sizes();

    /** What the config says about the checkpoint. */
    CheckpointFacts facts();

    /** The numbers that the family's text takes after those of {@link #dimensions()} that all families have. */
    List<Integer> ownNumbers();

    @Override
    default LmShape shape() {
        return new LmShape(
                sizes().layers(),
                sizes().kvHeads(),
                sizes().headDim(),
                sizes().hidden(),
                sizes().vocab(),
                sizes().maxPositions());
    }

    @Override
    default long[] dimensions() {
        long[] n = new long[5 + ownNumbers().size()];
        n[0] = sizes().layers();
        n[1] = sizes().heads();
        n[2] = sizes().kvHeads();
        n[3] = sizes().headDim();
        for (int i = 5; i < n.length; i++) {
            n[i] = ownNumbers().get(i - 5);
        }
        return n;
    }

    @Override
    default Optional<Rotary> rotary() {
        return Optional.empty();
    }

    @Override
    default ElementType dtype() {
        return facts().dtype();
    }

    @Override
    default OptionalInt bosId() {
        return facts().bosId();
    }

    @Override
    default List<Integer> eosIds() {
        return facts().eosIds();
    }

    @Override
    default OptionalInt padId() {
        return facts().padId();
    }
}
