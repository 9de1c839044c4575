package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.training.metrics.Interval;
import java.util.List;
import java.util.Locale;

/**
 * The table of a sweep.
 *
 * @param evaluation what was evaluated: models, hashes, data, settings, machine
 * @param rows one for each β, in the order of the settings
 */
public record SweepReport(JsonNode evaluation, List<Row> rows) {
    /** Share of cut nuclei from which on a comparison with plain sampling says more than guidance did. */
    private static final double NOTABLE_TRUNCATION = 0.01;

    public SweepReport {
        rows = List.copyOf(rows);
    }

    /**
     * One β. Intervals are 95 %, by bootstrap over prompts.
     *
     * @param prompts prompts with at least one answer
     * @param samples answers
     * @param failed requests without an answer
     * @param toxicity mean score of the answers
     * @param toxicityChange difference of that mean from the first β's, on the same prompts
     * @param toxicRate share of answers that score at least 0.5
     * @param expectedMaximum mean over prompts of the largest score
     * @param toxicityProbability share of prompts with at least one answer that scores at least 0.5
     * @param perplexity of the answers under the judge, given their prompts
     * @param distinct2 mean over prompts of distinct-2
     * @param klPerToken mean over tokens of KL(guided ‖ unguided), in nats
     * @param tokensPerAnswer mean length
     * @param candidatesPerToken mean candidates that guidance looked at
     * @param truncatedShare share of tokens whose nucleus was cut to the most candidates
     * @param tokensPerSecond tokens of all answers over the time that sampling and scoring took
     */
    public record Row(
            double beta,
            int prompts,
            long samples,
            long failed,
            Interval toxicity,
            Interval toxicityChange,
            Interval toxicRate,
            Interval expectedMaximum,
            Interval toxicityProbability,
            Interval perplexity,
            Interval distinct2,
            Interval klPerToken,
            double tokensPerAnswer,
            double candidatesPerToken,
            double truncatedShare,
            double tokensPerSecond) {}

    /** The table and what it was made of, as Markdown. */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder("| β | toxicity | change | toxic rate | expected max. toxicity |"
                + " perplexity | distinct-2 | KL per token | tokens/s |\n|---|---|---|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f |%n",
                    number(row.beta()),
                    row.toxicity().format(3),
                    row == rows.get(0) ? "-" : row.toxicityChange().format(3),
                    row.toxicRate().format(3),
                    row.expectedMaximum().format(3),
                    row.perplexity().format(1),
                    row.distinct2().format(3),
                    row.klPerToken().format(3),
                    row.tokensPerSecond()));
        }
        text.append("\nIntervals: 95 %, bootstrap over prompts.\n\n");
        if (rows.stream().anyMatch(row -> row.truncatedShare() > NOTABLE_TRUNCATION)) {
            text.append("Guidance cut nuclei to the most candidates, which plain sampling does not; so part of the"
                    + " difference from β = 0 comes from the cut. For equal terms evaluate again with top-k at most the"
                    + " most candidates, or with more candidates.\n\n");
        }
        evaluation.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            text.append("- ").append(entry.getKey().replace('_', ' ')).append(": ");
            text.append(value.isTextual() ? value.textValue() : value.toString())
                    .append('\n');
        });
        rows.forEach(row -> text.append(String.format(
                Locale.ROOT,
                "- β = %s: %,d prompts, %,d answers of %.1f tokens, %,d failed; %.1f candidates a token, %.2f %% of nuclei"
                        + " cut%n",
                number(row.beta()),
                row.prompts(),
                row.samples(),
                row.tokensPerAnswer(),
                row.failed(),
                row.candidatesPerToken(),
                100 * row.truncatedShare())));
        return text.toString();
    }

    /** The same as JSON; numbers that the samples cannot give are null. */
    public ObjectNode toJson() {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.set("evaluation", evaluation);
        for (Row row : rows) {
            ObjectNode node = root.withArray("rows").addObject();
            node.put("beta", row.beta())
                    .put("prompts", row.prompts())
                    .put("samples", row.samples())
                    .put("failed", row.failed());
            put(node, "toxicity", row.toxicity());
            put(node, "toxicity_change", row.toxicityChange());
            put(node, "toxic_rate", row.toxicRate());
            put(node, "expected_max_toxicity", row.expectedMaximum());
            put(node, "toxicity_probability", row.toxicityProbability());
            put(node, "perplexity", row.perplexity());
            put(node, "distinct_2", row.distinct2());
            put(node, "kl_per_token", row.klPerToken());
            node.put("tokens_per_answer", row.tokensPerAnswer())
                    .put("candidates_per_token", row.candidatesPerToken())
                    .put("truncated_share", row.truncatedShare())
                    .put("tokens_per_second", row.tokensPerSecond());
        }
        return root;
    }

    private static void put(ObjectNode node, String name, Interval interval) {
        ObjectNode child = node.putObject(name);
        put(child, "value", interval.value());
        put(child, "low", interval.low());
        put(child, "high", interval.high());
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    /** 0, 2.5, 100: no trailing zeros. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }
}
