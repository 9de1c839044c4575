package dev.temper.runtime.lm;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code config.json} of every family says about the checkpoint.
 *
 * @param dtype the type in which the weights were published
 * @param bosId begin-of-sequence token, if any
 * @param eosIds end-of-sequence tokens
 * @param padId padding token, if any
 */
public record CheckpointFacts(ElementType dtype, OptionalInt bosId, List<Integer> eosIds, OptionalInt padId) {
    public CheckpointFacts {
        ConfigChecks.require(dtype.isFloating(), "dtype must be a floating type, not " + dtype.torchName());
        eosIds = List.copyOf(eosIds);
        eosIds.forEach(ConfigChecks::requireTokenId);
        bosId.ifPresent(ConfigChecks::requireTokenId);
        padId.ifPresent(ConfigChecks::requireTokenId);
    }

    /**
     * Reads them, and refuses quantized checkpoints.
     *
     * @param bosId the family's default, for configs that leave it out; null in the config means none
     * @param eosIds likewise
     * @param padId likewise
     */
    static CheckpointFacts read(JsonSettings config, OptionalInt bosId, List<Integer> eosIds, OptionalInt padId) {
        config.object("quantization_config").ifPresent(quantization -> {
            String method = quantization.text("quant_method").orElse("unknown");
            throw config.unsupported(
                    "quantization_config", method, "none; fetch the checkpoint in float32, float16 or bfloat16");
        });
        return new CheckpointFacts(
                dtype(config),
                config.node().has("bos_token_id") ? config.tokenId("bos_token_id") : bosId,
                config.node().has("eos_token_id") ? config.tokenIds("eos_token_id") : eosIds,
                config.node().has("pad_token_id") ? config.tokenId("pad_token_id") : padId);
    }

    private static ElementType dtype(JsonSettings config) {
        Optional<String> name = config.text("dtype").or(() -> config.text("torch_dtype"));
        if (name.isEmpty() || name.get().equals("auto")) {
            return ElementType.FLOAT32;
        }
        return ElementType.ofTorchName(name.get())
                .filter(ElementType::isFloating)
                .orElseThrow(() -> config.unsupported("dtype", name.get(), "float32, float16, bfloat16, float64"));
    }
}
