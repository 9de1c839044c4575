package dev.temper.runtime.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.GuidanceParameters.Mode;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceGuidance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Requests of all kinds for the batched decoder, run there, and held against the naive one. */
final class DecoderCases {
    static final int VOCABULARY = 300; // above the 256 that a first look at the likeliest takes

    private static final List<Subspace> SUBSPACES = List.of(subspace("toxicity", 1), subspace("threat", 2));
    static final SubspaceGuidance GUIDANCE = new SubspaceGuidance(SUBSPACES);

    private DecoderCases() {}

    private static Subspace subspace(String name, long seed) {
        double[] w = new Random(seed).doubles(32, -0.3, 0.3).toArray();
        return new Subspace(
                name,
                w,
                0.1 * seed,
                new Subspace.Provenance("tiny", "00", "none", 1, 1, 1e-10, 32, Instant.EPOCH),
                new Subspace.Quality(2, 0.5, 0, 1, 0, 1));
    }

    /** One request of the mixed batch. */
    record Case(
            int[] prompt,
            DecodingParameters decoding,
            GuidanceParameters guidance,
            List<int[]> badWords,
            Set<Integer> endTokens,
            long seed,
            int join) {
        Case(int[] prompt, DecodingParameters decoding, GuidanceParameters guidance, long seed, int join) {
            this(prompt, decoding, guidance, List.of(), Set.of(), seed, join);
        }

        double[] uniforms() {
            return new Random(seed).doubles(decoding.maxNewTokens()).toArray();
        }

        boolean guided() {
            return !guidance.betas().isEmpty();
        }
    }

    static Case randomCase(Random random) {
        int[] prompt = random.ints(1 + random.nextInt(20), 0, VOCABULARY).toArray();
        DecodingParameters decoding = DecodingParameters.DEFAULT
                .with()
                .maxNewTokens(3 + random.nextInt(8))
                .temperature(random.nextInt(4) == 0 ? 0 : 0.5 + random.nextDouble())
                .topK(random.nextBoolean() ? 0 : 1 + random.nextInt(40))
                .topP(random.nextInt(3) == 0 ? 1 : 0.3 + 0.7 * random.nextDouble())
                .repetitionPenalty(random.nextBoolean() ? 1 : 1 + random.nextDouble())
                .minNewTokens(random.nextBoolean() ? 0 : 1 + random.nextInt(5))
                .minP(random.nextInt(3) > 0 ? 0 : 0.02 + 0.2 * random.nextDouble())
                .typicalP(random.nextInt(3) > 0 ? 1 : 0.2 + 0.7 * random.nextDouble())
                .epsilonCutoff(random.nextInt(3) > 0 ? 0 : 0.05 * random.nextDouble())
                .presencePenalty(random.nextBoolean() ? 0 : 2 * random.nextDouble())
                .frequencyPenalty(random.nextBoolean() ? 0 : 3 * random.nextDouble() - 1)
                .noRepeatNgramSize(random.nextBoolean() ? 0 : 1 + random.nextInt(3))
                .build();
        List<int[]> badWords = random.nextBoolean() ? List.of() : randomBadWords(random);
        Set<Integer> endTokens = random.ints(100, 0, VOCABULARY).boxed().collect(Collectors.toSet());
        GuidanceParameters parameters = random.nextInt(3) == 0
                ? GuidanceParameters.NONE
                : new GuidanceParameters(
                        Map.of("toxicity", 8 * random.nextDouble(), "threat", 3 * random.nextDouble()),
                        random.nextBoolean() ? Mode.RAW : Mode.SOFTMAX,
                        2 + random.nextInt(30));
        return new Case(prompt, decoding, parameters, badWords, endTokens, random.nextLong(), random.nextInt(6));
    }

    /** Some tokens, and some that may not follow others: often enough to matter. */
    private static List<int[]> randomBadWords(Random random) {
        List<int[]> words = new ArrayList<>();
        random.ints(20, 0, VOCABULARY).forEach(token -> words.add(new int[] {token}));
        random.ints(20, 0, VOCABULARY).forEach(token -> random.ints(200, 0, VOCABULARY)
                .forEach(before -> words.add(new int[] {before, token})));
        return words;
    }

    static NaiveDecoder.Generated naively(CausalLm model, Case c) {
        double[] betas = c.guided() ? new double[] {beta(c, "toxicity"), beta(c, "threat")} : new double[0];
        return new NaiveDecoder(model)
                .generate(
                        admission(c),
                        c.guided() ? SUBSPACES : List.of(),
                        betas,
                        c.guidance().mode(),
                        c.uniforms());
    }

    private static double beta(Case c, String name) {
        return c.guidance().betas().getOrDefault(name, 0.0);
    }

    /** What a decoder gave: the answers, and how many prompt tokens of each were taken over. */
    record Run(List<NaiveDecoder.Generated> results, int[] reused) {}

    static List<NaiveDecoder.Generated> batched(CausalLm model, List<Case> cases, int slots) {
        return run(model, cases, new CacheLimits(slots, 64, 0), 64).results();
    }

    /**
     * Runs all cases in one decoder; each joins at its step and leaves when it has all its tokens.
     *
     * @param budget prompt tokens read between two steps
     */
    static Run run(CausalLm model, List<Case> cases, CacheLimits limits, int budget) {
        List<NaiveDecoder.Generated> results = new ArrayList<>();
        cases.forEach(
                c -> results.add(new NaiveDecoder.Generated(new ArrayList<>(), new ArrayList<>(), new ArrayList<>())));
        int[] reused = new int[cases.size()];
        List<Integer> running = new ArrayList<>();
        List<Integer> reading = new ArrayList<>();
        List<Integer> pending = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            pending.add(i);
        }
        try (NDManager scope = model.newScope();
                BatchDecoder decoder = new BatchDecoder(model, GUIDANCE.rule(scope, 32), limits, 64)) {
            for (int step = 0; !pending.isEmpty() || !reading.isEmpty() || !running.isEmpty(); step++) {
                int now = step;
                List<Integer> joining = pending.stream()
                        .filter(i -> cases.get(i).join() <= now)
                        .limit(decoder.freeSlots())
                        .toList();
                pending.removeAll(joining);
                reading.addAll(joining);
                joining.forEach(
                        i -> decoder.join(admission(cases.get(i)), cases.get(i).uniforms()[0]));
                List<Integer> readingBefore = List.copyOf(reading);
                for (Joined joined : decoder.read(budget)) {
                    Integer c = readingBefore.get(joined.reader());
                    reading.remove(c);
                    running.add(c);
                    reused[c] = joined.reused();
                    collect(results.get(c), joined.decision());
                }
                leave(running, cases, results, decoder);
                if (!running.isEmpty()) {
                    step(decoder, running, cases, results);
                    leave(running, cases, results, decoder);
                }
                assertThat(decoder.cacheBytesUsed()).isLessThanOrEqualTo(decoder.cacheBytes());
            }
        }
        return new Run(results, reused);
    }

    private static void step(
            BatchDecoder decoder, List<Integer> running, List<Case> cases, List<NaiveDecoder.Generated> results) {
        double[] uniforms = running.stream()
                .mapToDouble(
                        i -> cases.get(i).uniforms()[results.get(i).tokens().size()])
                .toArray();
        List<Decision> decisions = decoder.step(uniforms);
        for (int i = 0; i < decisions.size(); i++) {
            NaiveDecoder.Generated result = results.get(running.get(i));
            if (cases.get(running.get(i)).guided()) {
                result.margins().add(decisions.get(i).measures());
                result.kls().add(decisions.get(i).kl());
            }
            collect(result, decisions.get(i));
        }
    }

    static Admission admission(Case c) {
        return new Admission(
                c.prompt(),
                c.decoding(),
                c.guided() ? c.guidance().maxCandidates() : 0,
                GUIDANCE.settings(c.guidance()),
                c.badWords(),
                c.endTokens());
    }

    private static void collect(NaiveDecoder.Generated result, Decision decision) {
        assertThat(decision.finite()).isTrue();
        if (decision.token() != Decision.NONE) {
            result.tokens().add(decision.token());
        }
    }

    private static void leave(
            List<Integer> running, List<Case> cases, List<NaiveDecoder.Generated> results, BatchDecoder decoder) {
        for (int i = running.size() - 1; i >= 0; i--) {
            int c = running.get(i);
            if (results.get(c).tokens().size() == cases.get(c).decoding().maxNewTokens()) {
                decoder.release(i);
                int last = running.remove(running.size() - 1);
                if (i < running.size()) {
                    running.set(i, last);
                }
            }
        }
    }

    static void assertEqualToNaive(CausalLm model, List<Case> cases, List<NaiveDecoder.Generated> results) {
        for (int i = 0; i < cases.size(); i++) {
            NaiveDecoder.Generated expected = naively(model, cases.get(i));
            NaiveDecoder.Generated actual = results.get(i);
            assertThat(actual.tokens()).as("case %d", i).isEqualTo(expected.tokens());
            for (int t = 0; t < expected.margins().size(); t++) {
                assertThat(actual.margins().get(t))
                        .containsExactly(expected.margins().get(t), within(1e-4));
                assertThat(actual.kls().get(t)).isEqualTo(expected.kls().get(t), within(1e-3));
            }
        }
    }
}
