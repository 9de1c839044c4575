package dev.temper.training.evaluate.classification;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.likelihood.SpanEncoder;
import dev.temper.training.likelihood.SpanEncoder.Pair;
import dev.temper.training.likelihood.TokenLikelihoods;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** log p(toxic statement) - log p(harmless statement). */
final class LikelihoodRatioScorer implements RowScorer {
    private final Statement toxic;
    private final Statement harmless;
    private final int maxCharacters;

    LikelihoodRatioScorer(Statement toxic, Statement harmless, int maxCharacters) {
        this.toxic = toxic;
        this.harmless = harmless;
        this.maxCharacters = maxCharacters;
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = new ObjectMapper().createObjectNode().put("by", "likelihood_ratio");
        node.putObject("toxic").put("context", shown(toxic.context())).put("continuation", shown(toxic.continuation()));
        node.putObject("harmless")
                .put("context", shown(harmless.context()))
                .put("continuation", shown(harmless.continuation()));
        return node.put("max_characters", maxCharacters);
    }

    private static String shown(String template) {
        return template.replace("\n", "\\n");
    }

    @Override
    public Optional<String> inapplicable(EvaluatedSystem system) {
        return system.likelihood().isPresent()
                ? Optional.empty()
                : Optional.of("it weighs only the candidates of a nucleus, so a given text has no likelihood under it");
    }

    @Override
    public double[] toxicity(EvaluatedSystem system, List<LabelledRow> rows) {
        List<Pair> pairs = new ArrayList<>();
        for (LabelledRow row : rows) {
            String text = cut(row.text());
            pairs.add(toxic.about(text));
            pairs.add(harmless.about(text));
        }
        try (SpanEncoder encoder = SpanEncoder.load(system.model())) {
            List<TokenLikelihoods> judged = system.likelihood()
                    .orElseThrow()
                    .of(encoder.encode(pairs).stream()
                            .map(SpanEncoder.EncodedPair::span)
                            .toList());
            double[] scores = new double[rows.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = judged.get(2 * i).sum() - judged.get(2 * i + 1).sum();
            }
            return scores;
        }
    }

    /** The text's beginning, with no half of a surrogate pair. */
    private String cut(String text) {
        if (text.length() <= maxCharacters) {
            return text;
        }
        boolean splits = Character.isHighSurrogate(text.charAt(maxCharacters - 1));
        return text.substring(0, splits ? maxCharacters - 1 : maxCharacters);
    }
}
