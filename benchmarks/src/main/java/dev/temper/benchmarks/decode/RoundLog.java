package dev.temper.benchmarks.decode;

import dev.temper.benchmarks.decode.CaseRunner.Round;
import dev.temper.benchmarks.measure.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What was measured, by round: the n-th number of each list belongs to the n-th round. */
final class RoundLog {
    private final Map<DecodeCase, List<Round>> rounds = new LinkedHashMap<>();
    private final Map<Integer, List<Double>> references = new LinkedHashMap<>(); // tokens a second, by batch
    private final List<Double> bandwidths = new ArrayList<>(); // bytes a second
    private final List<Double> hostMs = new ArrayList<>();

    void round(DecodeCase decoded, Round round) {
        rounds.computeIfAbsent(decoded, unseen -> new ArrayList<>()).add(round);
    }

    void reference(int batch, double tokensPerSecond) {
        references.computeIfAbsent(batch, unseen -> new ArrayList<>()).add(tokensPerSecond);
    }

    void bandwidth(double bytesPerSecond) {
        bandwidths.add(bytesPerSecond);
    }

    void host(double msPerStep) {
        hostMs.add(msPerStep);
    }

    List<Double> bandwidths() {
        return List.copyOf(bandwidths);
    }

    List<Double> hostMs() {
        return List.copyOf(hostMs);
    }

    /** Tokens a second of a case, if it was measured. */
    Optional<List<Double>> tokensPerSecond(DecodeCase decoded) {
        return Optional.ofNullable(rounds.get(decoded)).map(list -> values(list, Round::tokensPerSecond));
    }

    /** Tokens a second of the reference with so many sequences, if there is one. */
    Optional<List<Double>> reference(int batch) {
        return Optional.ofNullable(references.get(batch));
    }

    DecodeResult.Measured measured(DecodeCase decoded) {
        List<Round> list = rounds.getOrDefault(decoded, List.of());
        return new DecodeResult.Measured(
                decoded,
                Spread.of(values(list, Round::tokensPerSecond)),
                Spread.of(values(list, Round::msPerStep)),
                list.stream().mapToDouble(Round::passesPerToken).max().orElseThrow(),
                list.stream().mapToDouble(Round::candidatesPerToken).average().orElseThrow());
    }

    private static List<Double> values(List<Round> list, ToDoubleFunction<Round> value) {
        return list.stream().map(value::applyAsDouble).toList();
    }
}
