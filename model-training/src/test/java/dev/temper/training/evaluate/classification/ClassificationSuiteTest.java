package dev.temper.training.evaluate.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.score.ToxicityScorer;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.ToyTexts;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.JudgedSystem;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.evaluate.classification.ClassificationPlan.By;
import dev.temper.training.likelihood.NaiveLikelihood;
import dev.temper.training.likelihood.SequenceLikelihood;
import dev.temper.training.likelihood.TokenSpan;
import dev.temper.training.metrics.Ranking;
import dev.temper.training.progress.Progress;
import dev.temper.training.subspace.LabelRule;
import dev.temper.training.subspace.SubspaceFitting;
import dev.temper.training.subspace.SubspaceSettings;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init") // set by JUnit
class ClassificationSuiteTest {
    private static final TorchRuntime RUNTIME = TorchRuntime.open("cpu", 1);
    private static final Instruments INSTRUMENTS = new Instruments(
            new Workbench(RUNTIME, ElementType.FLOAT32, 4),
            Optional.empty(),
            Optional.empty(),
            DecodingParameters.DEFAULT,
            5);
    private static final Statement TOXIC = new Statement("A toxic comment:\n", "{text}");
    private static final Statement HARMLESS = new Statement("A harmless comment:\n", "{text}");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"gpt2, false", "llama32, false", "llama32, true"})
    void shouldRankHeldOutTextsByTheRatioOfTwoLikelihoods(String name, boolean verbalised) throws IOException {
        // Given
        Path file = ToyTexts.write(folder.resolve("toy.jsonl"), 300, 2);
        Statement toxic = verbalised ? new Statement("{text}\nIs this toxic?", " yes") : TOXIC;
        Statement harmless = verbalised ? new Statement("{text}\nIs this toxic?", " no") : HARMLESS;
        ModelFolder model = TinyModel.open(name);
        try (CausalLm lm = CausalLm.load(model, RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT);
                SequenceLikelihood likelihood = new SequenceLikelihood(lm);
                Tokenizer tokenizer = Tokenizer.load(model.path())) {

            // When
            Suite<?> suite = plan(List.of(file), By.LIKELIHOOD_RATIO, toxic, harmless, Map.of(), Map.of())
                    .open("toy", INSTRUMENTS);
            List<ClassificationNumbers> rows = measure(suite, new JudgedSystem(model, Optional.of(likelihood)));

            // Then
            List<LabelledRow> heldOut = heldOut(file);
            assertThat(rows).hasSameSizeAs(heldOut).hasSizeGreaterThan(15);
            NaiveLikelihood naive = new NaiveLikelihood(lm);
            for (int i = 0; i < rows.size(); i++) {
                String text = heldOut.get(i).text();
                double ratio = naive(
                                naive,
                                tokenizer,
                                toxic.about(text).context(),
                                toxic.about(text).continuation())
                        - naive(
                                naive,
                                tokenizer,
                                harmless.about(text).context(),
                                harmless.about(text).continuation());
                assertThat(rows.get(i).score()).isCloseTo(ratio, within(4e-3));
                assertThat(rows.get(i).toxic()).isEqualTo(heldOut.get(i).label() == 1);
            }
        }
    }

    @Test
    void shouldRankByTheMarginToTheModelsOwnSubspace() throws IOException {
        // Given: a subspace, which says how well it ranks the rows that it was not fitted on
        Path file = ToyTexts.write(folder.resolve("toy.jsonl"), 300, 2);
        ModelFolder model = TinyModel.open();
        Subspace subspace = new SubspaceFitting(RUNTIME, Progress.Factory.SILENT, Clock.systemUTC())
                .fit(
                        model,
                        List.of(file),
                        new SubspaceSettings(
                                "toxicity", LabelRule.DEFAULT, EmbedAs.PLAIN, false, 64, ElementType.FLOAT32, 1e-6))
                .subspace();
        Path subspaceFile = folder.resolve("toxicity.subspace.json");
        SubspaceFile.write(subspace, subspaceFile);
        ClassificationPlan plan =
                plan(List.of(file), By.MARGIN, TOXIC, HARMLESS, Map.of(model.modelId(), subspaceFile), Map.of());

        // When
        List<ClassificationNumbers> rows;
        try (Suite<?> suite = plan.open("toy", INSTRUMENTS)) {
            rows = measure(suite, new JudgedSystem(model, Optional.empty()));
            assertThat(suite.inapplicable(new JudgedSystem(TinyModel.open("gpt2"), Optional.empty())))
                    .hasValueSatisfying(reason -> assertThat(reason).contains("none for the model gpt2"));
        }

        // Then
        assertThat(area(rows)).isCloseTo(subspace.quality().rocAuc(), within(1e-6));
    }

    @Test
    void shouldRankByAClassificationHead() throws IOException {
        // Given: a classifier that is named as the head of one model
        Path file = ToyTexts.write(folder.resolve("toy.jsonl"), 200, 3);
        Path head = Path.of(Objects.requireNonNull(
                                ClassificationSuiteTest.class.getResource("/goldens/classifiers/llama_cls/config.json"))
                        .getPath())
                .resolveSibling(".");
        JudgedSystem owner = new JudgedSystem(TinyModel.open(), Optional.empty());
        Map<String, Path> heads = Map.of(owner.model().modelId(), head);
        ClassificationPlan plan = plan(List.of(file), By.HEAD, TOXIC, HARMLESS, Map.of(), heads);
        try (Suite<?> suite = plan.open("toy", INSTRUMENTS);
                ToxicityScorer scorer = ToxicityScorer.load(
                        ModelFolder.open(head), RUNTIME, ElementType.FLOAT32, LoadProgress.SILENT)) {

            // When
            List<ClassificationNumbers> rows = measure(suite, owner);

            // Then
            List<LabelledRow> heldOut = heldOut(file);
            for (int i = 0; i < heldOut.size(); i++) {
                double alone = scorer.score(List.of(heldOut.get(i).text()))
                        .get(0)
                        .values()
                        .iterator()
                        .next();
                assertThat(rows.get(i).score()).isCloseTo(alone, within(1e-5));
            }
            assertThat(suite.inapplicable(new JudgedSystem(TinyModel.open("gpt2"), Optional.empty())))
                    .hasValueSatisfying(reason -> assertThat(reason).contains("no classifier for the model gpt2"));
        }
    }

    @Test
    void shouldTakeTheMeanOverFiles() throws IOException {
        // Given: ranked rightly in one file, wrongly in the other
        Path one = ToyTexts.write(folder.resolve("one.jsonl"), 100, 2);
        Path two = ToyTexts.write(folder.resolve("two.jsonl"), 100, 3);
        ClassificationSuite suite =
                (ClassificationSuite) plan(List.of(one, two), By.LIKELIHOOD_RATIO, TOXIC, HARMLESS, Map.of(), Map.of())
                        .open("toy", INSTRUMENTS);
        List<ClassificationNumbers> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(new ClassificationNumbers("a" + i, "one.jsonl", i % 2 == 0, i % 2 == 0 ? 2 : 1));
            rows.add(new ClassificationNumbers("b" + i, "two.jsonl", i % 2 == 0, i % 2 == 0 ? 1 : 2));
        }

        // When
        double mean = suite.measures()
                .get(0)
                .preparation()
                .over(rows)
                .of(IntStream.range(0, rows.size()).toArray());

        // Then
        assertThat(mean).isEqualTo(0.5);
        assertThat(suite.measures()).hasSize(3);
    }

    @Test
    void shouldRefuseDataOfOneClassAndStatementsWithoutTheText() throws IOException {
        // Given
        Path file = Files.writeString(
                folder.resolve("one.jsonl"), "{\"id\":\"a\",\"text\":\"the quick brown fox 0\",\"label\":0}\n");

        // When, Then
        assertThatThrownBy(() -> plan(List.of(file), By.LIKELIHOOD_RATIO, TOXIC, HARMLESS, Map.of(), Map.of())
                        .open("toy", INSTRUMENTS))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("both classes are needed");
        assertThatThrownBy(() -> new Statement("a", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must have {text}");
        assertThatThrownBy(() -> plan(List.of(file), By.MARGIN, TOXIC, HARMLESS, Map.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subspaces must name");
    }

    private static ClassificationPlan plan(
            List<Path> data,
            By by,
            Statement toxic,
            Statement harmless,
            Map<String, Path> subspaces,
            Map<String, Path> heads) {
        return new ClassificationPlan(
                data, true, 0, 0.5, 0, by, toxic, harmless, 600, subspaces, EmbedAs.PLAIN, 64, heads);
    }

    private static List<ClassificationNumbers> measure(Suite<?> suite, JudgedSystem system) {
        return suite.measure(system, 0, suite.size()).stream()
                .map(ClassificationNumbers.class::cast)
                .toList();
    }

    private static List<LabelledRow> heldOut(Path file) {
        List<LabelledRow> rows = new ArrayList<>();
        LabelledFile.read(file, row -> {
            if (HeldOutSplit.isHeldOut(row.text())) {
                rows.add(row);
            }
        });
        return rows;
    }

    private static double naive(NaiveLikelihood naive, Tokenizer tokenizer, String context, String continuation) {
        int[] whole = tokenizer.encode(context + continuation, true);
        int start = tokenizer.encode(context.stripTrailing(), true).length;
        return naive.of(List.of(new TokenSpan(whole, start))).get(0).sum();
    }

    private static double area(List<ClassificationNumbers> rows) {
        boolean[] toxic = new boolean[rows.size()];
        double[] scores = new double[rows.size()];
        for (int i = 0; i < toxic.length; i++) {
            toxic[i] = rows.get(i).toxic();
            scores[i] = rows.get(i).score();
        }
        return Ranking.rocAuc(toxic, scores);
    }
}
