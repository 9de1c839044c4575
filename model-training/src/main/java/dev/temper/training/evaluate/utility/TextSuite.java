package dev.temper.training.evaluate.utility;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.DataFile;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.SpanLikelihood;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link TextPlan} with its text read. Keeps the tokens of the last system's tokenizer. */
final class TextSuite implements Suite<TextNumbers> {
    private static final int WINDOW = 16; // passages
    private static final double NATS_PER_BIT = Math.log(2);

    private final TextPlan plan;
    private final DataFile file;
    private final List<String> passages;
    private final List<Integer> judged; // indices of passages, rising
    private @Nullable Stream stream;

    TextSuite(TextPlan plan, DataFile file, List<String> passages, List<Integer> judged) {
        this.plan = plan;
        this.file = file;
        this.passages = List.copyOf(passages);
        this.judged = List.copyOf(judged);
    }

    /**
     * The text as one system reads it.
     *
     * @param ids all passages' tokens, one after the other, behind what stands at a text's beginning
     * @param starts for each passage, and for the end, its first token
     */
    private record Stream(Path model, int[] ids, int[] starts) {}

    @Override
    public ObjectNode description() {
        return new ObjectMapper()
                .createObjectNode()
                .put("data", file.name() + " " + file.sha256())
                .put("passages", judged.size())
                .put("limit", plan.limit())
                .put("window", plan.window())
                .put("stride", plan.stride());
    }

    @Override
    public Class<TextNumbers> rowType() {
        return TextNumbers.class;
    }

    @Override
    public int size() {
        return judged.size();
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
    public List<TextNumbers> measure(EvaluatedSystem system, int from, int to) {
        Stream text = stream(system);
        SpanLikelihood model = Likelihoods.of(system);
        int window = Math.min(plan.window() == 0 ? TextPlan.MOST : plan.window(), model.maxPositions());
        int stride = plan.stride() == 0 ? Math.max(1, window / 2) : Math.min(plan.stride(), window);
        List<TokenSpan> spans = new ArrayList<>();
        List<Integer> owners = new ArrayList<>(); // of each span, its row's place in the result
        for (int row = from; row < to; row++) {
            int passage = judged.get(row);
            int end = text.starts()[passage + 1];
            for (int at = Math.max(1, text.starts()[passage]); at < end; at += stride) {
                int stop = Math.min(at + stride, end);
                int start = Math.max(0, stop - window - 1); // the last token is not read
                spans.add(new TokenSpan(Arrays.copyOfRange(text.ids(), start, stop), at - start));
                owners.add(row - from);
            }
        }
        double[] nll = new double[to - from];
        int[] tokens = new int[to - from];
        List<TokenLikelihoods> likelihoods = model.of(spans);
        for (int s = 0; s < spans.size(); s++) {
            nll[owners.get(s)] -= likelihoods.get(s).sum();
            tokens[owners.get(s)] += spans.get(s).judged();
        }
        List<TextNumbers> numbers = new ArrayList<>();
        for (int row = from; row < to; row++) {
            String passage = passages.get(judged.get(row));
            numbers.add(new TextNumbers(
                    String.valueOf(judged.get(row)),
                    nll[row - from],
                    tokens[row - from],
                    passage.getBytes(StandardCharsets.UTF_8).length,
                    passage.strip().split("\\s+").length));
        }
        return numbers;
    }

    private Stream stream(EvaluatedSystem system) {
        if (stream == null || !stream.model().equals(system.model().path())) {
            try (SpanEncoder encoder = SpanEncoder.load(system.model())) {
                List<int[]> parts = new ArrayList<>(List.of(encoder.beginning()));
                passages.forEach(passage -> parts.add(encoder.tokens(passage)));
                int[] starts = new int[parts.size()];
                starts[0] = parts.get(0).length;
                for (int i = 1; i < starts.length; i++) {
                    starts[i] = starts[i - 1] + parts.get(i).length;
                }
                int[] ids = parts.stream().flatMapToInt(Arrays::stream).toArray();
                stream = new Stream(system.model().path(), ids, starts);
            }
        }
        return stream;
    }

    @Override
    public List<Measure<TextNumbers>> measures() {
        return List.of(
                Measure.ratio("perplexity", 2, row -> true, row -> new Ratio(row.nll(), row.tokens()), Math::exp),
                Measure.ratio("bits_per_byte", 4, row -> true, row -> new Ratio(row.nll() / NATS_PER_BIT, row.bytes())),
                Measure.ratio(
                        "perplexity_per_word", 1, row -> true, row -> new Ratio(row.nll(), row.words()), Math::exp));
    }

    @Override
    public long tokens(TextNumbers row) {
        return row.tokens();
    }
}
