package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A family that only tests know, all of it in this file: a token attends to all before it and itself with its embedding, adds
 * what it saw, and the output layer is the embedding.
 *
 * @param vocab rows of the embedding
 * @param hidden width of a hidden state
 */
public record MeanModel(int vocab, int hidden) implements LmConfig {
    private static final String TEXT = """
            # n = [1, 1, 1, hidden, 0]; weights: the embedding.

            def embed(ids: Tensor, position: Tensor, w: List[Tensor], n: List[int]) -> Tensor:
              return torch.embedding(w[0], ids)

            def project(x: Tensor, l: int, w: List[Tensor], n: List[int], eps: float, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              y = x.unsqueeze(1)
              return (y, y, y)

            def finish(x: Tensor, attended: Tensor, l: int, w: List[Tensor], n: List[int], eps: float) -> Tensor:
              return x + attended

            def final(x: Tensor, w: List[Tensor], n: List[int], eps: float) -> Tensor:
              return x

            def head(h: Tensor, w: List[Tensor], n: List[int]) -> Tensor:
              return torch.matmul(h, w[0].t()).float()
            """;

    /** Named in the tests' {@code META-INF/services}. */
    public static final class Family implements ModelFamily {
        @Override
        public Set<String> modelTypes() {
            return Set.of("mean");
        }

        @Override
        public ModelConfig read(JsonSettings config) {
            config.require("learns", false);
            return new MeanModel(config.integer("vocab_size", 0), config.integer("hidden_size", 0));
        }
    }

    public MeanModel {
        ConfigChecks.requireRange("hidden_size", hidden, 1, ConfigChecks.MAX_WIDTH);
    }

    @Override
    public String modelType() {
        return "mean";
    }

    @Override
    public String causalArchitecture() {
        return "MeanForCausalLM";
    }

    @Override
    public String weightPrefix() {
        return "model.";
    }

    @Override
    public List<String> familyTexts() {
        return List.of(TEXT);
    }

    @Override
    public LmShape shape() {
        return new LmShape(1, 1, hidden, hidden, vocab, 64);
    }

    @Override
    public long[] dimensions() {
        return new long[] {1, 1, 1, hidden, 0};
    }

    @Override
    public double epsilon() {
        return 1e-5;
    }

    @Override
    public Optional<Rotary> rotary() {
        return Optional.empty();
    }

    @Override
    public WeightPlan causalPlan() {
        return new SlotList().table(weightPrefix() + "embedding", vocab, hidden).plan();
    }

    @Override
    public ElementType dtype() {
        return ElementType.FLOAT32;
    }

    @Override
    public OptionalInt bosId() {
        return OptionalInt.empty();
    }

    @Override
    public List<Integer> eosIds() {
        return List.of();
    }

    @Override
    public OptionalInt padId() {
        return OptionalInt.empty();
    }
}
