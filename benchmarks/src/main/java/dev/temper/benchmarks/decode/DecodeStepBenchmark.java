package dev.temper.benchmarks.decode;

import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Steps of GPT-2's 12 layers at width 64, one sequence: what the host costs where arithmetic costs nothing. One
 * operation reads a prompt of 8 tokens and decodes {@value #STEPS} steps.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DecodeStepBenchmark {
    private static final int STEPS = 64;

    /** Candidates of each token; 0 = plain. */
    @Param({"0", "10"})
    public int candidates;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private CaseRunner runner;

    @Setup
    public void setUp() {
        ModelShape shape = ModelShape.find("gpt2-small").narrow().orElseThrow();
        DecodeSettings settings = new DecodeSettings(shape.name(), List.of(1), List.of(10), 1, STEPS, 60, 8, 0);
        runner = new CaseRunner(shape.load(TorchRuntime.open("cpu", 1), ElementType.FLOAT32, 0), settings);
    }

    /** @return milliseconds of one step, so that the work cannot be left out */
    @Benchmark
    public double decodeNarrowModel() {
        return runner.run(new DecodeCase("float32", 1, candidates)).msPerStep();
    }

    @TearDown
    public void tearDown() {
        runner.close();
    }
}
