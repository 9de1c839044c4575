package dev.temper.benchmarks.decode;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceGuidance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Decodes cases on one model with the decoder that serves. Owns model and decoder; used by one thread. */
final class CaseRunner implements AutoCloseable {
    private static final int LEAST_STEPS = 3;
    private static final String SUBSPACE = "random";
    /** Plain sampling as transformers does it by default: the 50 likeliest. */
    private static final int PLAIN_TOP_K = 50;

    private final CausalLm lm;
    private final NDManager ruleOwner;
    private final BatchDecoder decoder;
    private final double[] ruleSettings;
    private final DecodeSettings settings;
    private final Random random;

    /**
     * What one case did in one round.
     *
     * @param passesPerToken model passes for each token of a sequence
     * @param candidatesPerToken rows of a pass for each sequence
     */
    record Round(double tokensPerSecond, double msPerStep, double passesPerToken, double candidatesPerToken) {}

    /** @param lm owned by the runner from now on */
    CaseRunner(CausalLm lm, DecodeSettings settings) {
        this.lm = lm;
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.ruleOwner = lm.newScope();
        SubspaceGuidance guidance =
                new SubspaceGuidance(List.of(subspace(lm.shape().hidden())));
        this.ruleSettings =
                guidance.settings(new GuidanceParameters(Map.of(SUBSPACE, 1.0), GuidanceParameters.Mode.RAW, 2));
        this.decoder = new BatchDecoder(
                lm,
                guidance.rule(ruleOwner, lm.shape().hidden()),
                settings.largestBatch(),
                settings.promptTokens() + settings.steps() + 2,
                settings.mostCandidates());
    }

    private Subspace subspace(int hidden) {
        double[] direction = random.doubles(hidden, -1, 1).toArray();
        return new Subspace(
                SUBSPACE,
                direction,
                0,
                new Subspace.Provenance("random", "", "none", 1, 1, 0, hidden, Instant.EPOCH),
                new Subspace.Quality(0, 0, 0, 0, 0, 0));
    }

    /** Reads fresh prompts, decodes one step unmeasured, then measures. */
    Round run(DecodeCase wanted) {
        decoder.clear();
        List<Admission> admissions = new ArrayList<>();
        for (int i = 0; i < wanted.batch(); i++) {
            int[] prompt =
                    random.ints(settings.promptTokens(), 0, lm.shape().vocab()).toArray();
            int topK = wanted.plain() ? PLAIN_TOP_K : wanted.candidates();
            DecodingParameters sampling = new DecodingParameters(settings.steps(), 1, topK, 1, 1, List.of());
            admissions.add(new Admission(prompt, sampling, wanted.candidates(), ruleSettings));
        }
        decoder.admit(admissions, uniforms(wanted.batch()));
        decoder.step(uniforms(wanted.batch()));

        long passesBefore = decoder.passes();
        long tokens = 0;
        long rows = 0;
        int steps = 0;
        long start = System.nanoTime();
        double seconds = 0;
        while (steps < settings.steps() && (steps < LEAST_STEPS || seconds < settings.secondsPerCase())) {
            for (Decision decision : decoder.step(uniforms(wanted.batch()))) {
                tokens += decision.token() == Decision.NONE ? 0 : 1;
                rows += decision.candidates();
            }
            steps++;
            seconds = (System.nanoTime() - start) / 1e9;
        }
        double tokensPerSequence = (double) tokens / wanted.batch();
        return new Round(
                tokens / seconds,
                1e3 * seconds / steps,
                (decoder.passes() - passesBefore) / tokensPerSequence,
                (double) rows / wanted.batch() / steps);
    }

    private double[] uniforms(int count) {
        return random.doubles(count).toArray();
    }

    @Override
    public void close() {
        decoder.close();
        ruleOwner.close();
        lm.close();
    }
}
