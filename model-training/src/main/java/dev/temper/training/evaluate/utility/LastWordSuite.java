package dev.temper.training.evaluate.utility;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.UtilityRow.LastWord;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.SpanEncoder.EncodedPair;
import dev.temper.training.likelihood.SpanEncoder.Pair;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@link LastWordPlan} with its data read. */
final class LastWordSuite implements Suite<LastWordNumbers> {
    private static final int WINDOW = 256; // enough for batches of passages of like length

    private final DataFile file;
    private final int limit;
    private final List<LastWord> rows;

    LastWordSuite(DataFile file, int limit, List<LastWord> rows) {
        this.file = file;
        this.limit = limit;
        this.rows = List.copyOf(rows);
    }

    @Override
    public ObjectNode description() {
        return new ObjectMapper()
                .createObjectNode()
                .put("data", file.name() + " " + file.sha256())
                .put("passages", rows.size())
                .put("limit", limit);
    }

    @Override
    public Class<LastWordNumbers> rowType() {
        return LastWordNumbers.class;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public int window() {
        return WINDOW;
    }

    @Override
    public Optional<String> inapplicable(EvaluatedSystem system) {
        return Likelihoods.missing(system);
    }

    @Override
    public List<LastWordNumbers> measure(EvaluatedSystem system, int from, int to) {
        try (SpanEncoder encoder = SpanEncoder.load(system.model())) {
            List<LastWord> window = rows.subList(from, to);
            List<EncodedPair> encoded = encoder.encode(window.stream()
                    .map(row -> new Pair(row.context(), " " + row.continuation()))
                    .toList());
            List<TokenLikelihoods> judged = Likelihoods.of(system)
                    .of(encoded.stream().map(EncodedPair::span).toList());
            return IntStream.range(0, window.size())
                    .mapToObj(i -> new LastWordNumbers(
                            window.get(i).id(),
                            judged.get(i).sum(),
                            encoded.get(i).span().judged(),
                            judged.get(i).allGreedy(),
                            encoded.get(i).dropped()))
                    .toList();
        }
    }

    @Override
    public List<Measure<LastWordNumbers>> measures() {
        return List.of(
                Measure.ratio("accuracy", 3, row -> true, row -> new Ratio(row.greedy() ? 1 : 0, 1)),
                Measure.ratio(
                        "perplexity_per_word", 1, row -> true, row -> new Ratio(-row.logLikelihood(), 1), Math::exp),
                Measure.ratio(
                        "perplexity_per_token",
                        1,
                        row -> true,
                        row -> new Ratio(-row.logLikelihood(), row.tokens()),
                        Math::exp),
                Measure.ratio("cut_contexts", 3, row -> true, row -> new Ratio(row.droppedTokens() > 0 ? 1 : 0, 1)));
    }
}
