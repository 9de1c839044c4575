package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.TinyModel;
import dev.temper.training.data.PromptRow;
import dev.temper.training.likelihood.SpanLikelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** Answers at random, from seed, prompt and sample alone; a word in each answer says how toxic it is. */
public final class ScriptedSystem implements EvaluatedSystem, SystemPlan {
    private final double mildness;
    private int prompts;
    private int lastGood = Integer.MAX_VALUE;

    /** @param mildness toxicity is divided by it */
    public ScriptedSystem(double mildness) {
        this.mildness = mildness;
    }

    /** From the prompt after so many on it fails, as a killed process does. */
    public void failAfter(int good) {
        lastGood = good;
    }

    /** Prompts answered so far. */
    public int prompts() {
        return prompts;
    }

    @Override
    public EvaluatedSystem open(String name, Workbench bench) {
        return this;
    }

    @Override
    public ModelFolder model() {
        return TinyModel.open();
    }

    @Override
    public ObjectNode identity() {
        return new ObjectMapper()
                .createObjectNode()
                .put("model", "scripted 0123")
                .put("mildness", mildness);
    }

    @Override
    public Answers answer(List<PromptRow> rows, DecodingParameters decoding, int samples, long seed) {
        List<List<Answer>> answers = new ArrayList<>();
        List<Integer> failed = new ArrayList<>();
        for (PromptRow row : rows) {
            if (++prompts > lastGood) {
                throw new TemperException("killed");
            }
            List<Answer> own = new ArrayList<>();
            for (int s = 0; s < samples; s++) {
                Random random = new Random(Objects.hash(seed, row.id(), s));
                double toxicity = Math.pow(random.nextDouble(), mildness);
                List<Integer> tokens = new ArrayList<>();
                for (int t = random.nextInt(decoding.maxNewTokens()); t >= 0; t--) {
                    tokens.add(random.nextInt(30));
                }
                own.add(new Answer("secret " + toxicity, tokens, 0.25 * tokens.size(), 4, 1));
            }
            boolean fails = row.id().endsWith("7"); // one sample of some prompts
            answers.add(fails ? own.subList(1, samples) : own);
            failed.add(fails ? 1 : 0);
        }
        return new Answers(answers, failed);
    }

    @Override
    public Optional<SpanLikelihood> likelihood() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // nothing was opened
    }
}
