package dev.temper.benchmarks.decode;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DecodeResult(
        String benchmark,
        Machine machine,
        DecodeSettings settings,
        Spread readGigabytesPerSecond,
        @Nullable Spread hostMsPerStep,
        List<Measured> cases,
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
}
