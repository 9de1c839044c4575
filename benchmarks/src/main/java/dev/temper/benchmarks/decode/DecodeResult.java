package dev.temper.benchmarks.decode;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code temper bench decode} found.
 *
 * @param readGigabytesPerSecond what the device reads, measured in every round
 * @param hostMsPerStep a step of the same layers without arithmetic, where the family has such a twin
 * @param reference another implementation's speed, where one was named
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DecodeResult(
        String benchmark,
        Machine machine,
        DecodeSettings settings,
        Spread readGigabytesPerSecond,
        @Nullable Spread hostMsPerStep,
        List<Measured> cases,
        @Nullable Reference reference,
        List<Ratio> ratios) {

    /**
     * One case over all rounds.
     *
     * @param passesPerToken largest of any round; guidance as described costs exactly 1
     * @param candidatesPerToken mean
     */
    record Measured(
            DecodeCase decoding,
            Spread tokensPerSecond,
            Spread msPerStep,
            double passesPerToken,
            double candidatesPerToken) {}

    /** Plain decoding by another implementation, with its own account of what it is. */
    record Reference(JsonNode versions, List<BatchSpeed> batches) {}

    record BatchSpeed(int batch, Spread tokensPerSecond) {}
}
