package dev.temper.benchmarks.pipeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.temper.benchmarks.measure.Machine;
import dev.temper.benchmarks.measure.Ratio;
import dev.temper.benchmarks.measure.Spread;
import java.util.List;

/**
 * What {@code temper bench pipeline} found.
 *
 * @param threads of one operation of the engine
 * @param load prompts a second that were sent for the latencies: half of what the engine alone answers
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PipelineResult(
        String benchmark,
        Machine machine,
        PipelineSettings settings,
        List<Measured> throughput,
        List<Ratio> ratios,
        double load,
        AddedLatency latency) {

    /** One way to answer the same prompts, over all rounds. */
    record Measured(String way, Spread promptsPerSecond, Spread tokensPerSecond) {}

    /**
     * Milliseconds from sending a prompt to reading its committed result, less the engine's own time.
     *
     * @param commitIntervalMs how often the sidecar commits where nothing asks it to
     */
    record AddedLatency(double p50Ms, double p90Ms, double p99Ms, double mostMs, int prompts, long commitIntervalMs) {}
}
