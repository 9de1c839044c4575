package dev.temper.runtime.sasa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.GoldenTensors;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.Decision;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.torch.TorchRuntime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The one-pass algorithm against the reference's naive one, which copies the prefix and runs every candidate: tokens at
 * every step, the chosen candidates' margins, the numbers of candidates, and KL.
 */
class SasaGoldenTest {
    private static final String MODEL = "llama31";
    private static final int STEPS = 24;
    private static CausalLm lm;
    private static GoldenTensors golden;

    @BeforeAll
    static void load() {
        TorchRuntime runtime = TorchRuntime.open("cpu", 1);
        lm = CausalLm.load(
                ModelFolder.open(GoldenTensors.folder("models/" + MODEL)),
                runtime,
                ElementType.FLOAT32,
                LoadProgress.SILENT);
        golden = GoldenTensors.of("sasa/" + MODEL);
    }

    @AfterAll
    static void close() {
        lm.close();
    }

    /** The reference's own boundary, which is not scaled to length 1, so that β means what it means there. */
    private static SubspaceGuidance guidance() {
        return new SubspaceGuidance(List.of(new Subspace(
                "toxicity",
                golden.doubles("fit.w"),
                golden.doubles("fit.b")[0],
                new Subspace.Provenance(MODEL, "00", "golden", 1, 1, 1e-10, 64, Instant.EPOCH),
                new Subspace.Quality(2, 0.5, 0, 1, 0, 1))));
    }

    private static DecodingParameters decoding(String filter, boolean greedy) {
        return new DecodingParameters(
                STEPS, greedy ? 0 : 1, filter.equals("top_k") ? 10 : 0, filter.equals("top_p") ? 0.9 : 1, 1, List.of());
    }

    private static List<Decision> run(String prompt, DecodingParameters decoding, double beta, double[] uniforms) {
        SubspaceGuidance guidance = guidance();
        GuidanceParameters parameters = new GuidanceParameters(
                Map.of("toxicity", beta),
                GuidanceParameters.Mode.RAW,
                lm.shape().vocab());
        List<Decision> decisions = new ArrayList<>();
        try (NDManager scope = lm.newScope();
                BatchDecoder decoder = new BatchDecoder(
                        lm,
                        guidance.rule(scope, lm.shape().hidden()),
                        1,
                        64,
                        lm.shape().vocab())) {
            Admission admission = new Admission(
                    golden.ints(prompt + ".input_ids"),
                    decoding,
                    parameters.maxCandidates(),
                    guidance.settings(parameters));
            decisions.addAll(decoder.admit(List.of(admission), new double[] {0}));
            for (int t = 0; t < STEPS; t++) {
                decisions.addAll(decoder.step(new double[] {uniforms[t]}));
            }
        }
        return decisions;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 10, 100, 500})
    void shouldChooseTheReferencesTokensGreedily(double beta) {
        for (String prompt : List.of("prompt0", "prompt1")) {
            for (String filter : List.of("top_p", "top_k")) {
                // Given
                String run = prompt + "." + filter + ".beta" + (int) beta;

                // When
                List<Decision> decisions = run(prompt, decoding(filter, true), beta, new double[STEPS]);

                // Then
                assertEqual(run, decisions, beta);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt0.top_p", "prompt0.top_k", "prompt1.top_p", "prompt1.top_k"})
    void shouldSampleTheReferencesTokensFromItsUniforms(String promptAndFilter) {
        // Given
        String run = promptAndFilter + ".sampled_beta1";
        String[] parts = promptAndFilter.split("\\.");

        // When
        List<Decision> decisions = run(parts[0], decoding(parts[1], false), 1, golden.doubles(run + ".uniforms"));

        // Then
        assertEqual(run, decisions, 1);
    }

    /** bfloat16 rounds far more than the goldens' tolerance, so the same decoder may only be near, not equal. */
    @Test
    void shouldGuideInBfloat16NearFloat32() {
        // Given
        CausalLm float32 = lm;
        DecodingParameters decoding = decoding("top_k", true);
        double expected = run("prompt0", decoding, 10, new double[STEPS]).get(1).measures()[0];
        try (CausalLm bfloat16 = CausalLm.load(
                ModelFolder.open(GoldenTensors.folder("models/" + MODEL)),
                TorchRuntime.open("cpu", 1),
                ElementType.BFLOAT16,
                LoadProgress.SILENT)) {
            lm = bfloat16;

            // When
            List<Decision> decisions = run("prompt0", decoding, 10, new double[STEPS]);

            // Then
            assertThat(decisions).allMatch(Decision::finite);
            assertThat(decisions.get(1).measures()[0]).isEqualTo(expected, within(0.5));
        } finally {
            lm = float32;
        }
    }

    private static void assertEqual(String run, List<Decision> decisions, double beta) {
        int[] tokens = golden.ints(run + ".tokens");
        int[] counts = golden.ints(run + ".count");
        double[] cutDistances = golden.doubles(run + ".cut_distance");
        int width = golden.shape(run + ".cand_ids")[1];
        int[] ids = golden.ints(run + ".cand_ids");
        double[] margins = golden.doubles(run + ".margin");
        double[] logP = golden.doubles(run + ".log_p");
        double[] logQ = golden.doubles(run + ".log_q");
        assertThat(decisions.stream().skip(1).mapToInt(Decision::token).toArray())
                .as(run)
                .isEqualTo(tokens);
        for (int t = 0; t < STEPS; t++) {
            Decision decided = decisions.get(t + 1);
            int chosen = t * width;
            double kl = 0;
            for (int j = t * width; j < t * width + counts[t]; j++) {
                chosen = ids[j] == tokens[t] ? j : chosen;
                kl += Math.exp(logQ[j]) * (logQ[j] - logP[j]);
            }
            assertThat(decided.measures()[0]).as("%s margin %d", run, t).isEqualTo(margins[chosen], within(1e-4));
            if (cutDistances[t] > 5e-5) { // nearer than this the nucleus' edge depends on rounding
                assertThat(decisions.get(t).candidates())
                        .as("%s count %d", run, t)
                        .isEqualTo(counts[t]);
                assertThat(decided.kl()).as("%s KL %d", run, t).isEqualTo(kl, within(1e-3 + 2 * beta * 1e-5));
            }
        }
    }
}
