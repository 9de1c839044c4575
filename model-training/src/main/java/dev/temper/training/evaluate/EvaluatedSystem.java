package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.data.PromptRow;
import dev.temper.training.likelihood.SpanLikelihood;
import java.util.List;
import java.util.Optional;

/**
 * A way to answer, opened: a model, and what steers it. Loads nothing until it is asked for something, so that a finished
 * evaluation is reported without loading models; keeps what it loaded until it is closed. Used by one thread.
 */
public interface EvaluatedSystem extends AutoCloseable {

    /** The checkpoint that answers, its tokenizer and template included. */
    ModelFolder model();

    /** Everything that its answers depend on: models and files with hashes, settings. */
    ObjectNode identity();

    /**
     * Answers every prompt several times.
     *
     * @param decoding what the suite asks for; the system's own settings go before it
     * @param samples answers to each prompt, at least 1
     * @param seed the same seed, prompt and sample number give the same draws in every system that samples alike
     * @throws dev.temper.runtime.TemperException if the system cannot go on, or its settings are wrong
     */
    Answers answer(List<PromptRow> prompts, DecodingParameters decoding, int samples, long seed);

    /**
     * How likely the system finds given tokens; empty where it has no distribution over the whole vocabulary, because it
     * weighs only the candidates of a nucleus.
     */
    Optional<SpanLikelihood> likelihood();

    /** Frees what was loaded. */
    @Override
    void close();
}
