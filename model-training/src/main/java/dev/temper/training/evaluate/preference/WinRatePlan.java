package dev.temper.training.evaluate.preference;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.evaluate.DecodingOverride;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.PromptSet;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every system answers every prompt once; the plan's judge says which of a system's answer and the first system's it finds
 * likelier, by the mean log-likelihood of a token, given the prompt (Meng et al. 2024, with OPT-30B as the judge). A tie
 * counts half. The judge reads text, so its tokenizer may be another.
 *
 * @param data files of prompts
 * @param where fields and values of the rows that count
 * @param heldOut only rows that no training of ours has seen
 * @param limit most rows, drawn by the plan's seed; 0 = all
 * @param textAs what a row's text is
 * @param decoding settings that go before the plan's
 */
public record WinRatePlan(
        List<Path> data,
        Map<String, JsonNode> where,
        boolean heldOut,
        int limit,
        TextAs textAs,
        DecodingOverride decoding)
        implements SuitePlan {

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS =
            Map.of("where", Map.of(), "held_out", false, "limit", 0, "text_as", "user_message", "decoding", Map.of());

    public WinRatePlan {
        data = new PromptSet(data, where, heldOut, limit).data();
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        PromptSet.Read read =
                new PromptSet(data, where, heldOut, limit).read(name, textAs, Optional.empty(), instruments.seed());
        return new WinRateSuite(this, read.rows(), read.files(), instruments.judgeFor(name), instruments);
    }
}
