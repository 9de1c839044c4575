package dev.temper.benchmarks.decode;

import dev.temper.benchmarks.decode.CaseRunner.Round;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Spread;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures decoding in rounds: each round measures every case once, the memory's speed and the host's part, one after the
 * other, and the next round goes the other way round.
 */
final class DecodeBenchmark implements AutoCloseable {
    private static final int WARM_UP_STEPS = 3;
    private static final DecodeCase TWIN = new DecodeCase("", 1, 0);

    private final TorchRuntime runtime;
    private final ModelShape shape;
    private final DecodeSettings settings;
    private final Map<ElementType, CaseRunner> runners = new LinkedHashMap<>();
    private final Optional<CaseRunner> twin;
    private final BandwidthProbe probe;
    private final Optional<ReferenceProcess> reference;
    private final RoundLog log = new RoundLog();

    /**
     * @param types of the weights, at least one; each is a model in memory
     * @param reference command of another implementation, which is measured beside the first type
     */
    DecodeBenchmark(
            TorchRuntime runtime,
            ModelShape shape,
            DecodeSettings settings,
            List<ElementType> types,
            Optional<String> reference) {
        this.runtime = runtime;
        this.shape = shape;
        this.settings = settings;
        ElementType first = types.get(0);
        // First: where its command is wrong, nothing else has been loaded.
        this.reference = reference.map(command ->
                ReferenceProcess.start(command, settings, first.torchName(), runtime.deviceName(), runtime.threads()));
        types.forEach(type -> runners.put(type, new CaseRunner(shape.load(runtime, type, settings.seed()), settings)));
        this.twin =
                shape.narrow().map(narrow -> new CaseRunner(narrow.load(runtime, first, settings.seed()), settings));
        this.probe = new BandwidthProbe(runtime, shape.elementsReadByAPass() * first.bytes());
    }

    /** @param progress told of each round that is over */
    DecodeResult run(Consumer<String> progress) {
        List<DecodeCase> cases = cases();
        cases.forEach(this::measure); // warm-up
        settings.batches().forEach(batch -> askReference(batch, WARM_UP_STEPS));
        for (int round = 0; round < settings.rounds(); round++) {
            log.bandwidth(probe.measure());
            twin.ifPresent(runner -> log.host(runner.run(TWIN).msPerStep()));
            for (int i = 0; i < cases.size(); i++) {
                DecodeCase next = cases.get(round % 2 == 0 ? i : cases.size() - 1 - i);
                log.round(next, measure(next));
                if (next.plain() && next.weights().equals(types().get(0).torchName())) {
                    askReference(next.batch(), settings.steps()).ifPresent(speed -> log.reference(next.batch(), speed));
                }
            }
            progress.accept("round " + (round + 1) + " of " + settings.rounds());
        }
        List<DecodeResult.Measured> measured = cases.stream().map(log::measured).toList();
        @Nullable Spread host = twin.isPresent() ? Spread.of(log.hostMs()) : null;
        return new DecodeResult(
                "decode",
                Machine.describe(runtime),
                settings,
                Spread.of(log.bandwidths().stream().map(b -> b / 1e9).toList()),
                host,
                measured,
                reference.map(this::referenceResult).orElse(null),
                new DecodeRatios(shape, settings, runtime.device().isGpu(), log).of(types()));
    }

    private Optional<Double> askReference(int batch, int steps) {
        return reference.map(process -> process.tokensPerSecond(batch, steps));
    }

    private DecodeResult.Reference referenceResult(ReferenceProcess process) {
        return new DecodeResult.Reference(
                process.versions(),
                settings.batches().stream()
                        .map(batch -> new DecodeResult.BatchSpeed(
                                batch, Spread.of(log.reference(batch).orElseThrow())))
                        .toList());
    }

    private List<ElementType> types() {
        return List.copyOf(runners.keySet());
    }

    /** Of each number type every batch plain, and guided by every number of candidates. */
    private List<DecodeCase> cases() {
        List<DecodeCase> cases = new ArrayList<>();
        for (ElementType type : runners.keySet()) {
            for (int batch : settings.batches()) {
                cases.add(new DecodeCase(type.torchName(), batch, 0));
                settings.candidates().forEach(k -> cases.add(new DecodeCase(type.torchName(), batch, k)));
            }
        }
        return cases;
    }

    private Round measure(DecodeCase wanted) {
        ElementType type = ElementType.ofTorchName(wanted.weights()).orElseThrow();
        CaseRunner runner = runners.get(type);
        if (runner == null) {
            throw new IllegalStateException("no model of type " + type);
        }
        return runner.run(wanted);
    }

    @Override
    public void close() {
        reference.ifPresent(ReferenceProcess::close);
        probe.close();
        twin.ifPresent(CaseRunner::close);
        runners.values().forEach(CaseRunner::close);
    }
}
