package dev.temper.benchmarks.decode;

import ai.djl.ndarray.NDManager;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import dev.temper.runtime.decode.Admission;
import dev.temper.runtime.decode.BatchDecoder;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.sasa.SubspaceGuidance;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Reads prompts with the decoder that serves: all their own, alike, the same; and beside a running answer. */
final class PromptsBenchmark implements AutoCloseable {
    private static final DecodingParameters PLAIN = new DecodingParameters(1, 1, 50, 1, 1, List.of());

    private final TorchRuntime runtime;
    private final PromptsSettings settings;
    private final CausalLm lm;
    private final NDManager ruleOwner;
    private final BatchDecoder decoder;
    private final double[] ruleSettings;
    private final Random random;
    private final Map<Case, List<Double>> measured = new EnumMap<>(Case.class);

    private enum Case {
        DIFFERENT,
        SHARED,
        SAME,
        HALT_WHOLE,
        HALT_PARTS
    }

    PromptsBenchmark(TorchRuntime runtime, ModelShape shape, ElementType type, PromptsSettings settings) {
        this.runtime = runtime;
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.lm = shape.load(runtime, type, settings.seed());
        this.ruleOwner = lm.newScope();
        SubspaceGuidance guidance = new SubspaceGuidance(List.of());
        this.ruleSettings = guidance.settings(GuidanceParameters.NONE);
        this.decoder = new BatchDecoder(
                lm, guidance.rule(ruleOwner, lm.shape().hidden()), settings.prompts(), settings.promptTokens() * 2, 2);
    }

    /** @param progress told of each round that is over */
    PromptsResult run(Consumer<String> progress) {
        for (Case each : Case.values()) {
            measure(each); // warm-up
            measured.put(each, new ArrayList<>());
        }
        for (int round = 0; round < settings.rounds(); round++) {
            for (Case each : Case.values()) {
                measured.computeIfAbsent(each, unseen -> new ArrayList<>()).add(measure(each));
            }
            progress.accept("round " + (round + 1) + " of " + settings.rounds());
        }
        return new PromptsResult(
                "prompts",
                Machine.describe(runtime),
                settings,
                measured.entrySet().stream()
                        .map(entry -> new PromptsResult.Timed(name(entry.getKey()), Spread.of(entry.getValue())))
                        .toList(),
                List.of(
                        ratio(Case.SHARED, Case.DIFFERENT),
                        ratio(Case.SAME, Case.DIFFERENT),
                        ratio(Case.HALT_PARTS, Case.HALT_WHOLE)));
    }

    private String name(Case of) {
        String all = settings.prompts() + " prompts of " + settings.promptTokens() + " tokens";
        return switch (of) {
            case DIFFERENT -> all + ", each its own";
            case SHARED -> all + ", " + settings.sharedTokens() + " of them shared";
            case SAME -> all + ", the same";
            case HALT_WHOLE -> "halt of an answer beside one prompt read whole";
            case HALT_PARTS -> "halt of an answer beside one read " + settings.prefillTokens() + " tokens a step";
        };
    }

    private Ratio ratio(Case part, Case whole) {
        List<Double> parts = measured.getOrDefault(part, List.of());
        List<Double> wholes = measured.getOrDefault(whole, List.of());
        List<Double> ratios = IntStream.range(0, parts.size())
                .mapToObj(i -> parts.get(i) / wholes.get(i))
                .toList();
        return new Ratio(name(part) + " / " + name(whole), Spread.of(ratios), null);
    }

    private double measure(Case of) {
        decoder.clear();
        return switch (of) {
            case DIFFERENT -> readAll(0);
            case SHARED -> readAll(settings.sharedTokens());
            case SAME -> readAll(settings.promptTokens());
            case HALT_WHOLE -> longestHalt(settings.promptTokens());
            case HALT_PARTS -> longestHalt(settings.prefillTokens());
        };
    }

    /** Milliseconds until all prompts are read. */
    private double readAll(int shared) {
        int[] beginning = random.ints(shared, 0, lm.shape().vocab()).toArray();
        long start = System.nanoTime();
        for (int i = 0; i < settings.prompts(); i++) {
            join(beginning);
        }
        while (decoder.reading() > 0) {
            decoder.read(settings.prefillTokens());
        }
        return (System.nanoTime() - start) / 1e6;
    }

    /** Most milliseconds between two tokens of a running answer while a prompt is read beside it. */
    private double longestHalt(int budget) {
        join(new int[0]);
        while (decoder.reading() > 0) {
            decoder.read(settings.promptTokens());
        }
        decoder.step(new double[] {random.nextDouble()});
        join(new int[0]);
        double longest = 0;
        while (decoder.reading() > 0) {
            long start = System.nanoTime();
            decoder.read(budget);
            decoder.step(random.doubles(decoder.running()).toArray());
            longest = Math.max(longest, (System.nanoTime() - start) / 1e6);
        }
        return longest;
    }

    private void join(int[] beginning) {
        int own = settings.promptTokens() - beginning.length;
        int[] prompt = IntStream.concat(
                        IntStream.of(beginning), random.ints(own, 0, lm.shape().vocab()))
                .toArray();
        decoder.join(new Admission(prompt, PLAIN, 0, ruleSettings), random.nextDouble());
    }

    @Override
    public void close() {
        decoder.close();
        ruleOwner.close();
        lm.close();
    }
}
