package dev.temper.training.evaluate.utility;

import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.JudgedSystem;
import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import dev.temper.training.evaluate.SuiteRow;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.likelihood.NaiveLikelihood;
import dev.temper.training.likelihood.SequenceLikelihood;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One of the reference's tiny models, as a system under test and as the formula is written. */
final class UtilityFixture implements AutoCloseable {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    static final Instruments INSTRUMENTS = new Instruments(
            new Workbench(RUNTIME, ElementType.FLOAT32, 4),
            Optional.empty(),
            Optional.empty(),
            DecodingParameters.DEFAULT,
            5);

    final ModelFolder folder;
    final Tokenizer tokenizer;
    private final CausalLm model;
    private final SequenceLikelihood likelihood;

    UtilityFixture(String name) {
        this.folder = TinyModel.open(name);
        this.tokenizer = Tokenizer.load(folder.path());
        this.model = CausalLm.load(folder, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
        this.likelihood = new SequenceLikelihood(model);
    }

    JudgedSystem system() {
        return new JudgedSystem(folder, Optional.of(likelihood));
    }

    /** One text at a time, encoded by hand. */
    TokenLikelihoods naive(String context, String continuation) {
        int[] whole = tokenizer.encode(context + continuation, true);
        int start = tokenizer.encode(context, true).length;
        return naive(new TokenSpan(whole, start));
    }

    TokenLikelihoods naive(TokenSpan span) {
        return new NaiveLikelihood(model).of(List.of(span)).get(0);
    }

    /** The suite of a plan, measured in two windows. */
    static <R extends SuiteRow> List<R> measure(SuitePlan plan, Class<R> type, JudgedSystem system) {
        Suite<?> suite = plan.open("suite", INSTRUMENTS);
        int middle = suite.size() / 2;
        return java.util.stream.Stream.concat(
                        suite.measure(system, 0, middle).stream(), suite.measure(system, middle, suite.size()).stream())
                .map(type::cast)
                .toList();
    }

    /** A number of the suite, over all these rows. */
    static <R extends SuiteRow> double number(SuitePlan plan, String measure, List<R> rows) {
        @SuppressWarnings("unchecked") // rows come from this plan's suite
        Suite<R> suite = (Suite<R>) plan.open("suite", INSTRUMENTS);
        Measure<R> found = suite.measures().stream()
                .filter(m -> m.name().equals(measure) && m.group().isEmpty())
                .findFirst()
                .orElseThrow();
        List<R> counted = rows.stream().filter(found.counts()).toList();
        return found.preparation()
                .over(counted)
                .of(IntStream.range(0, counted.size()).toArray());
    }

    @Override
    public void close() {
        likelihood.close();
        model.close();
        tokenizer.close();
    }
}
