package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.data.PromptRow;
import dev.temper.training.likelihood.SpanLikelihood;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A system that is only asked for likelihoods. */
public record JudgedSystem(ModelFolder model, Optional<SpanLikelihood> likelihood) implements EvaluatedSystem {

    /** Tokens are as likely as a function says; what was asked is kept. */
    public static final class Scripted implements SpanLikelihood {
        private final int maxPositions;
        private final Function<TokenSpan, TokenLikelihoods> script;
        public final List<TokenSpan> asked = new ArrayList<>();

        public Scripted(int maxPositions, Function<TokenSpan, TokenLikelihoods> script) {
            this.maxPositions = maxPositions;
            this.script = script;
        }

        @Override
        public int maxPositions() {
            return maxPositions;
        }

        @Override
        public List<TokenLikelihoods> of(List<TokenSpan> spans) {
            asked.addAll(spans);
            return spans.stream().map(script).toList();
        }
    }

    @Override
    public ObjectNode identity() {
        return new ObjectMapper().createObjectNode().put("model", model.modelId());
    }

    @Override
    public Answers answer(List<PromptRow> prompts, DecodingParameters decoding, int samples, long seed) {
        throw new UnsupportedOperationException("its likelihoods are asked for, never its answers");
    }

    @Override
    public void close() {
        // owns nothing
    }
}
