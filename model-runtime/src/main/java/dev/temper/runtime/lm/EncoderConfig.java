package dev.temper.runtime.lm;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Settings of an encoder: BERT, RoBERTa or DistilBERT. Positions are learned and the feed-forward activation is the
 * exact GELU; {@code config.json} files that say otherwise are refused.
 *
 * @param family what the settings belong to
 * @param vocab rows of the word embedding
 * @param hidden width of a hidden state, a multiple of {@code heads}
 * @param layers encoder layers
 * @param heads attention heads
 * @param intermediate width of the feed-forward layer
 * @param layerNormEps added to the variance in every layer norm
 * @param positions rows of the position embedding; RoBERTa leaves those up to its padding id unused
 * @param tokenTypes rows of the token-type embedding; 0 where the family has none
 * @param bosId first token of every text, if the file names it
 * @param eosIds tokens that end a text, if the file names them
 * @param padId padding token; RoBERTa needs one
 * @param dtype the type in which the weights were published
 */
public record EncoderConfig(
        EncoderFamily family,
        int vocab,
        int hidden,
        int layers,
        int heads,
        int intermediate,
        double layerNormEps,
        int positions,
        int tokenTypes,
        OptionalInt bosId,
        List<Integer> eosIds,
        OptionalInt padId,
        ElementType dtype)
        implements ModelConfig {

    private static final int MAX_TOKEN_TYPES = 1 << 16;

    public EncoderConfig {
        Objects.requireNonNull(family, "family");
        ConfigChecks.requireRange("vocab_size", vocab, 1, ConfigChecks.MAX_VOCAB);
        ConfigChecks.requireRange("hidden size", hidden, 1, ConfigChecks.MAX_WIDTH);
        ConfigChecks.requireRange("number of layers", layers, 1, ConfigChecks.MAX_LAYERS);
        ConfigChecks.requireRange("number of heads", heads, 1, hidden);
        ConfigChecks.requireRange("intermediate size", intermediate, 1, ConfigChecks.MAX_WIDTH);
        ConfigChecks.requireRange("max_position_embeddings", positions, 1, ConfigChecks.MAX_POSITIONS);
        boolean typed = family != EncoderFamily.DISTILBERT;
        ConfigChecks.requireRange("type_vocab_size", tokenTypes, typed ? 1 : 0, typed ? MAX_TOKEN_TYPES : 0);
        ConfigChecks.require(
                hidden % heads == 0, "hidden size " + hidden + " is not a multiple of the number of heads " + heads);
        ConfigChecks.requireEpsilon("layer_norm_eps", layerNormEps);
        ConfigChecks.require(dtype.isFloating(), "dtype must be a floating type, not " + dtype.torchName());
        eosIds = List.copyOf(eosIds);
        eosIds.forEach(ConfigChecks::requireTokenId);
        bosId.ifPresent(ConfigChecks::requireTokenId);
        padId.ifPresent(ConfigChecks::requireTokenId);
        if (family == EncoderFamily.ROBERTA) {
            ConfigChecks.require(
                    padId.isPresent(), "pad_token_id is missing; a RoBERTa model counts positions from it");
            ConfigChecks.require(
                    padId.getAsInt() < positions - 1,
                    "pad_token_id " + padId.getAsInt() + " leaves none of max_position_embeddings " + positions
                            + " to a text");
        }
    }

    @Override
    public String modelType() {
        return family.modelType();
    }

    /** What a decoder's user would ask; every head has keys and values of its own. */
    @Override
    public LmShape shape() {
        return new LmShape(layers, heads, hidden / heads, hidden, vocab, maxTokens());
    }

    /** Most tokens of one text, special tokens included. */
    public int maxTokens() {
        return positions - positionOrigin() - 1;
    }

    /** The row of the position embedding before that of a text's first token; -1 if that is the first row. */
    public int positionOrigin() {
        return family == EncoderFamily.ROBERTA ? padId.orElseThrow() : -1;
    }

    /** Whether a pair's second text is told from its first: RoBERTa has a row for it and never uses it. */
    public boolean readsTokenTypes() {
        return family == EncoderFamily.BERT;
    }
}
