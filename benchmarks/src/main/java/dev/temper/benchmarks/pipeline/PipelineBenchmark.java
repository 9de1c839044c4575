package dev.temper.benchmarks.pipeline;

import dev.temper.app.Sidecar;
import dev.temper.app.config.SidecarConfig;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures, in rounds: prompts through broker and sidecar, then the very same requests by the engine alone, then a part of
 * them one at a time; and at the end latencies at half of the engine's load. The sidecar is closed while the engine works
 * alone.
 */
final class PipelineBenchmark {
    private static final double MARK_PIPELINE = 0.95;
    private static final double MARK_BATCHING = 6;
    private static final double LOAD = 0.5;
    private static final String COMMIT_INTERVAL = "commit.interval.ms";

    private final SidecarConfig config;
    private final GenerationEngine engine;
    private final PipelineSettings settings;
    private final Traffic traffic;
    private final List<Throughput> pipeline = new ArrayList<>();
    private final List<Throughput> engineFull = new ArrayList<>();
    private final List<Throughput> engineAlone = new ArrayList<>();

    /** @param engine stays the caller's */
    PipelineBenchmark(SidecarConfig config, GenerationEngine engine, PipelineSettings settings) {
        this.config = config;
        this.engine = engine;
        this.settings = settings;
        this.traffic = new Traffic(config);
    }

    /** @param progress told of each part that is over */
    PipelineResult run(Machine machine, Consumer<String> progress) throws InterruptedException {
        throughPipeline(Math.min(settings.prompts(), 2 * settings.maxBatch())); // warm-up
        for (int round = 0; round < settings.rounds(); round++) {
            MeteredEngine metered = new MeteredEngine(engine);
            try (Sidecar sidecar = Sidecar.start(config, metered)) {
                pipeline.add(traffic.atOnce(settings.prompts(), metered));
            }
            List<GenerationRequest> asked = metered.requests();
            engineFull.add(EngineLoad.run(engine, asked, settings.maxBatch()));
            List<GenerationRequest> some = IntStream.range(0, asked.size() / PipelineSettings.ALONE_EVERY)
                    .mapToObj(i -> asked.get(i * PipelineSettings.ALONE_EVERY))
                    .toList();
            engineAlone.add(EngineLoad.run(engine, some, 1));
            progress.accept("round " + (round + 1) + " of " + settings.rounds());
        }
        double load = LOAD * spread(engineFull, Throughput::promptsPerSecond).median();
        return new PipelineResult(
                "pipeline",
                machine,
                settings,
                List.of(
                        measured("pipeline, exactly once", pipeline),
                        measured("engine alone, " + settings.maxBatch() + " at once", engineFull),
                        measured("engine alone, one at a time", engineAlone)),
                ratios(),
                load,
                latency(load));
    }

    private void throughPipeline(int prompts) throws InterruptedException {
        MeteredEngine metered = new MeteredEngine(engine);
        try (Sidecar sidecar = Sidecar.start(config, metered)) {
            traffic.atOnce(prompts, metered);
        }
    }

    private PipelineResult.AddedLatency latency(double load) throws InterruptedException {
        MeteredEngine metered = new MeteredEngine(engine);
        SplittableRandom random = new SplittableRandom(settings.seed());
        try (Sidecar sidecar = Sidecar.start(config, metered)) {
            traffic.addedMs(Math.min(settings.latencyPrompts(), 20), load, metered, random); // warm-up
            double[] added = traffic.addedMs(settings.latencyPrompts(), load, metered, random).stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            return new PipelineResult.AddedLatency(
                    Spread.quantile(added, 0.5),
                    Spread.quantile(added, 0.9),
                    Spread.quantile(added, 0.99),
                    added[added.length - 1],
                    added.length,
                    Long.parseLong(String.valueOf(config.streamsProperties().get(COMMIT_INTERVAL))));
        }
    }

    private List<Ratio> ratios() {
        BiFunction<List<Throughput>, List<Throughput>, Spread> perRound = (over, under) -> Spread.of(IntStream.range(
                        0, settings.rounds())
                .mapToObj(i -> over.get(i).tokensPerSecond() / under.get(i).tokensPerSecond())
                .toList());
        return List.of(
                new Ratio("pipeline / engine alone", perRound.apply(pipeline, engineFull), MARK_PIPELINE),
                new Ratio("pipeline / one at a time", perRound.apply(pipeline, engineAlone), null),
                new Ratio(
                        "engine, " + settings.maxBatch() + " at once / one at a time",
                        perRound.apply(engineFull, engineAlone),
                        settings.maxBatch() == 32 ? MARK_BATCHING : null));
    }

    private static PipelineResult.Measured measured(String way, List<Throughput> rounds) {
        return new PipelineResult.Measured(
                way, spread(rounds, Throughput::promptsPerSecond), spread(rounds, Throughput::tokensPerSecond));
    }

    private static Spread spread(List<Throughput> rounds, ToDoubleFunction<Throughput> value) {
        return Spread.of(rounds.stream().map(value::applyAsDouble).toList());
    }
}
