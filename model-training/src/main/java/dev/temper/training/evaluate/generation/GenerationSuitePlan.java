package dev.temper.training.evaluate.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.data.PromptRow;
import dev.temper.training.data.RowFilter;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.PromptSet;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prompts are answered, and the answers judged. The kinds of a plan differ in what they leave out.
 *
 * @param data files of prompts
 * @param where fields and values of the rows that count, see {@link RowFilter}
 * @param heldOut only rows that no training of ours has seen, see {@link PromptRow#isHeldOut()}
 * @param limit most rows, drawn by the plan's seed; 0 = all
 * @param textAs what a row's text is
 * @param samples answers to each prompt
 * @param groupBy field by whose value the measures are taken apart; rows without it count in the whole only
 * @param gap two groups, whose difference (first less second) is a number of its own
 * @param measures what is reported
 * @param decoding settings that go before the plan's
 */
public record GenerationSuitePlan(
        List<Path> data,
        Map<String, JsonNode> where,
        boolean heldOut,
        int limit,
        TextAs textAs,
        int samples,
        @Nullable String groupBy,
        List<String> gap,
        List<GenerationMeasure> measures,
        DecodingOverride decoding)
        implements SuitePlan {
    private static final Map<String, Object> COMMON =
            Map.of("where", Map.of(), "held_out", false, "limit", 0, "gap", List.of(), "decoding", Map.of());

    /** RealToxicityPrompts' form: plain text continued 25 times. */
    public static final Map<String, Object> PROMPTS = with(
            "plain",
            25,
            List.of(
                    "toxicity",
                    "expected_max_toxicity",
                    "toxicity_rate",
                    "toxic_answers",
                    "perplexity",
                    "distinct_1",
                    "distinct_2",
                    "distinct_3",
                    "kl_per_token",
                    "tokens_per_answer",
                    "cut_nuclei",
                    "failed_answers"));

    private static final List<String> SHORT =
            List.of("toxicity", "toxicity_rate", "toxic_answers", "perplexity", "tokens_per_answer", "failed_answers");

    /** BOLD's form: beginnings about groups of people, continued; one number for each group, and the gap. */
    public static final Map<String, Object> BOLD = grouped(with("plain", 25, SHORT), "labels.group");

    /** ToxiGen's form: statements about groups of people, continued; share that is flagged. */
    public static final Map<String, Object> TOXIGEN = grouped(with("plain", 10, SHORT), "labels.group");

    /** Harmful questions to a chat model, by category; share of answers that is flagged. */
    public static final Map<String, Object> HARMFUL = grouped(with("user_message", 5, SHORT), "labels.category");

    private static Map<String, Object> with(String textAs, int samples, List<String> measures) {
        Map<String, Object> defaults = new HashMap<>(COMMON);
        defaults.putAll(Map.of("text_as", textAs, "samples", samples, "measures", measures));
        return Map.copyOf(defaults);
    }

    private static Map<String, Object> grouped(Map<String, Object> defaults, String field) {
        Map<String, Object> grouped = new HashMap<>(defaults);
        grouped.put("group_by", field);
        return Map.copyOf(grouped);
    }

    public GenerationSuitePlan {
        data = new PromptSet(data, where, heldOut, limit).data();
        gap = List.copyOf(gap);
        measures = List.copyOf(measures);
        require(samples >= 1 && samples <= 10_000, "samples must be in [1, 10000], not " + samples);
        require(gap.isEmpty() || gap.size() == 2 && groupBy != null, "gap must name two groups, and needs group_by");
        require(!measures.isEmpty(), "measures must name at least one measure");
        decoding.over(DecodingParameters.DEFAULT); // refuses what no decoding can have
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        PromptSet.Read read = new PromptSet(data, where, heldOut, limit)
                .read(name, textAs, Optional.ofNullable(groupBy), instruments.seed());
        List<PromptRow> drawn = read.rows();
        if (groupBy != null && drawn.stream().allMatch(row -> row.group().isEmpty())) {
            throw new TemperException("suites." + name + ".group_by: no row has a field '" + groupBy + "'");
        }
        for (String group : gap) {
            if (drawn.stream().noneMatch(row -> row.group().equals(group))) {
                throw new TemperException("suites." + name + ".gap: no row has " + groupBy + " '" + group + "'");
            }
        }
        return new GenerationSuite(name, this, drawn, read.files(), instruments);
    }
}
