package dev.temper.training.subspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.TinyModel;
import dev.temper.training.ToyTexts;
import dev.temper.training.data.HeldOutSplit;
import dev.temper.training.data.LabelledFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.progress.Progress;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verdicts in place of labelled rows: the same texts, read in the same place. */
@SuppressWarnings("NullAway.Init") // set by JUnit
class SubspaceRefittingTest {
    private static final Instant FITTED = Instant.parse("2026-01-02T03:04:05Z");
    private static final SubspaceSettings SETTINGS =
            new SubspaceSettings("toy", LabelRule.DEFAULT, EmbedAs.RESPONSE, false, 64, ElementType.FLOAT32, 1e-6);

    @TempDir
    Path folder;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final ModelFolder model = TinyModel.open();
    private Path early;
    private Path late;
    private FittedSubspace base;

    @BeforeEach
    void fitTheBase() throws IOException {
        early = ToyTexts.write(folder.resolve("early.jsonl"), 160, 2);
        late = ToyTexts.write(folder.resolve("late.jsonl"), 160, 3);
        base = fit(early);
    }

    private FittedSubspace fit(Path... files) {
        return new SubspaceFitting(runtime, Progress.Factory.SILENT, Clock.fixed(FITTED, ZoneOffset.UTC))
                .fit(model, List.of(files), SETTINGS);
    }

    /** The late rows as reviewed answers to a conversation of one message. */
    private List<ReviewedAnswer> verdicts(boolean turnedRound) {
        List<ReviewedAnswer> answers = new ArrayList<>();
        Prompt asked =
                new Prompt.Chat(List.of(new ChatMessage(ChatMessage.Role.USER, SubspaceSettings.GENERIC_USER_MESSAGE)));
        LabelledFile.read(
                late,
                row -> answers.add(new ReviewedAnswer(
                        row.id(), asked, row.text(), row.label() == 1 ^ turnedRound, FITTED.plusSeconds(60))));
        return answers;
    }

    private RefitResult refit(SavedStatistics statistics, List<ReviewedAnswer> answers, int weight) {
        return new SubspaceRefitting(runtime, Progress.Factory.SILENT)
                .refit(
                        model,
                        new SubspaceRefitting.Input(
                                base.subspace(), statistics, base.subspace(), answers, weight, List.of(early, late)));
    }

    @Test
    void shouldGiveTheBoundaryOfAllRowsTogetherAndTheSameAgain() {
        // Given
        List<ReviewedAnswer> answers = verdicts(false);
        List<ReviewedAnswer> shuffled = new ArrayList<>(answers);
        Collections.reverse(shuffled);

        // When
        RefitResult result = refit(base.statistics(), answers, 1);
        RefitResult again = refit(base.statistics(), shuffled, 1);

        // Then: states depend a little on what is read beside them, the sums do not
        Subspace expected = fit(early, late).subspace();
        Subspace refitted = result.fitted().subspace();
        for (int i = 0; i < expected.direction().length; i++) {
            assertThat(refitted.direction()[i]).isCloseTo(expected.direction()[i], within(2e-3));
        }
        assertThat(refitted.offset()).isCloseTo(expected.offset(), within(5e-3));
        assertThat(refitted.provenance().nonToxic())
                .isEqualTo(expected.provenance().nonToxic());
        assertThat(refitted.provenance().toxic())
                .isEqualTo(expected.provenance().toxic());
        assertThat(refitted.quality().heldOut()).isEqualTo(expected.quality().heldOut());
        assertThat(refitted.quality().rocAuc())
                .isCloseTo(expected.quality().rocAuc(), within(0.01))
                .isEqualTo(result.labelled().after().value());
        assertThat(refitted.provenance().created()).isEqualTo(FITTED.plusSeconds(60));
        assertThat(result.labelled().before().value())
                .isBetween(
                        result.labelled().before().low(),
                        result.labelled().before().high());
        assertThat(SubspaceFile.bytes(again.fitted().subspace())).isEqualTo(SubspaceFile.bytes(refitted));
        assertThat(again.fitted().statistics()).isEqualTo(result.fitted().statistics());
        long heldOut = answers.stream()
                .filter(answer -> HeldOutSplit.isHeldOut(answer.text()))
                .count();
        assertThat(result.heldOut()).isEqualTo((int) heldOut).isPositive();
        assertThat(result.toxic() + result.notToxic() + result.heldOut()).isEqualTo(answers.size());
        assertThat(result.reviewed()).isEmpty(); // too few to judge
    }

    @Test
    void shouldFindVerdictsWorseThatTurnTheLabelsRound() {
        // When
        RefitResult good = refit(base.statistics(), verdicts(false), 1);
        RefitResult bad = refit(base.statistics(), verdicts(true), 100);

        // Then
        assertThat(bad.labelled().after().value())
                .isLessThan(good.labelled().after().value());
        assertThat(bad.isWorse()).isTrue();
        assertThat(bad.labelled().before()).isEqualTo(good.labelled().before());
    }

    @Test
    void shouldNotCountAVerdictAgainThatIsInTheBase() {
        // Given
        SavedStatistics folded =
                refit(base.statistics(), verdicts(false), 1).fitted().statistics();

        // When
        SubspaceRefitting.Input next = new SubspaceRefitting.Input(
                base.subspace(), folded, base.subspace(), verdicts(false), 1, List.of(early));

        // Then: those that judge were never in it
        assertThat(next.answers()).isNotEmpty().allMatch(answer -> HeldOutSplit.isHeldOut(answer.text()));
        assertThat(folded.verdicts()).hasSize(160 - next.answers().size());
    }

    @Test
    void shouldRefuseStatisticsThatAreNotTheSubspaces() {
        // Given
        SavedStatistics others = fit(late).statistics();

        // When / Then
        assertThatThrownBy(() -> refit(others, verdicts(false), 1))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("the two files do not belong together");
    }

    @Test
    void shouldReadAnAnswerWhereALabelledRowIsRead() {
        // Given
        List<LabelledRow> rows = new ArrayList<>();
        LabelledFile.read(late, rows::add);

        // When / Then
        try (Tokenizer tokenizer = Tokenizer.load(model.path())) {
            TextEmbedding embedding =
                    new TextEmbedding(tokenizer, PromptEncoder.load(model.path(), tokenizer), SETTINGS);
            for (int i = 0; i < 5; i++) {
                EmbeddedText row = embedding.of(rows.get(i)).orElseThrow();
                EmbeddedText answer = embedding.of(verdicts(false).get(i)).orElseThrow();
                assertThat(answer.ids()).isEqualTo(row.ids());
                assertThat(answer.textStart()).isEqualTo(row.textStart());
                assertThat(answer.heldOut()).isEqualTo(row.heldOut());
            }
        }
    }
}
