package dev.temper.benchmarks.decode;

import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import dev.temper.runtime.lm.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The ratios that speed is judged by, each taken within a round, and the marks that they are to reach. */
final class DecodeRatios {
    private static final double MARK_BANDWIDTH = 0.85;
    private static final double MARK_INT8 = 2;
    /** Guided over plain at batch 1 on a CPU, by candidates. */
    private static final Map<Integer, Double> MARKS_GUIDED = Map.of(10, 0.75, 20, 0.60);
    /** The same on a GPU. */
    private static final Map<Integer, Double> MARKS_GUIDED_GPU = Map.of(10, 0.90);

    /** Plain decoding over the reference's, by batch. */
    private static final Map<Integer, Double> MARKS_REFERENCE = Map.of(1, 1.1, 8, 1.2, 32, 1.3);

    private final ModelShape shape;
    private final DecodeSettings settings;
    private final boolean gpu;
    private final RoundLog log;
    private final List<Ratio> ratios = new ArrayList<>();

    DecodeRatios(ModelShape shape, DecodeSettings settings, boolean gpu, RoundLog log) {
        this.shape = shape;
        this.settings = settings;
        this.gpu = gpu;
        this.log = log;
    }

    List<Ratio> of(List<ElementType> types) {
        for (ElementType type : types) {
            String weights = type.torchName();
            for (int batch : settings.batches()) {
                DecodeCase plain = new DecodeCase(weights, batch, 0);
                for (int k : settings.candidates()) {
                    DecodeCase guided = new DecodeCase(weights, batch, k);
                    Map<Integer, Double> marks = gpu ? MARKS_GUIDED_GPU : MARKS_GUIDED;
                    add(
                            guided.method() + " / plain, " + weights + ", batch " + batch,
                            tokens(guided),
                            tokens(plain),
                            batch == 1 ? marks.get(k) : null);
                }
            }
            DecodeCase alone = new DecodeCase(weights, 1, 0);
            double bytes = (double) shape.elementsReadByAPass() * type.bytes();
            add(
                    "plain / memory limit, " + weights + ", batch 1",
                    tokens(alone),
                    Optional.of(log.bandwidths().stream().map(b -> b / bytes).toList()),
                    MARK_BANDWIDTH);
            if (!log.hostMs().isEmpty()) {
                add(
                        "host's share of a plain step, " + weights + ", batch 1",
                        Optional.of(log.hostMs()),
                        tokens(alone)
                                .map(list -> list.stream().map(t -> 1e3 / t).toList()),
                        null);
            }
        }
        compareTypes(types);
        for (int batch : settings.batches()) {
            DecodeCase plain = new DecodeCase(types.get(0).torchName(), batch, 0);
            add(
                    "plain / reference, " + plain.weights() + ", batch " + batch,
                    tokens(plain),
                    log.reference(batch),
                    gpu ? null : MARKS_REFERENCE.get(batch));
            if (batch > settings.batches().get(0)) {
                add(
                        "batch " + batch + " / batch " + settings.batches().get(0) + ", plain, " + plain.weights(),
                        tokens(plain),
                        tokens(new DecodeCase(
                                plain.weights(), settings.batches().get(0), 0)),
                        null);
            }
        }
        return List.copyOf(ratios);
    }

    private void compareTypes(List<ElementType> types) {
        for (ElementType other : types.subList(1, types.size())) {
            for (int batch : settings.batches()) {
                add(
                        other.torchName() + " / " + types.get(0).torchName() + ", plain, batch " + batch,
                        tokens(new DecodeCase(other.torchName(), batch, 0)),
                        tokens(new DecodeCase(types.get(0).torchName(), batch, 0)),
                        other == ElementType.INT8 && types.get(0) == ElementType.FLOAT32 && batch == 1
                                ? MARK_INT8
                                : null);
            }
        }
    }

    private Optional<List<Double>> tokens(DecodeCase decoded) {
        return log.tokensPerSecond(decoded);
    }

    private void add(String name, Optional<List<Double>> over, Optional<List<Double>> under, @Nullable Double mark) {
        if (over.isPresent() && under.isPresent()) {
            List<Double> each = IntStream.range(0, over.get().size())
                    .mapToObj(i -> over.get().get(i) / under.get().get(i))
                    .toList();
            ratios.add(new Ratio(name, Spread.of(each), mark));
        }
    }
}
