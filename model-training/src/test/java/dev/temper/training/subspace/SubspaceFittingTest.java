package dev.temper.training.subspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceStatistics;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatTemplate;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set by JUnit
class SubspaceFittingTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
    private static final int MAX_TOKENS = 64;

    @TempDir
    Path folder;

    private final TorchRuntime runtime = TorchRuntime.open("cpu", 1);
    private final ModelFolder model = TinyModel.open();

    @Test
    void shouldFitAsOneTextAtATimeWouldAndJudgeOnRowsHeldOut() throws IOException {
        // Given
        Path file = ToyTexts.write(folder.resolve("toy.jsonl"), 300, 2);
        List<LabelledRow> rows = new ArrayList<>();
        LabelledFile.read(file, rows::add);
        long heldOut =
                rows.stream().filter(row -> HeldOutSplit.isHeldOut(row.text())).count();

        // When
        Subspace subspace = fit(file, settings(EmbedAs.PLAIN, false, LabelRule.DEFAULT));

        // Then
        SubspaceStatistics.Boundary expected = oneAtATime(rows);
        for (int i = 0; i < expected.direction().length; i++) {
            assertThat(subspace.direction()[i]).isCloseTo(expected.direction()[i], within(2e-3));
        }
        assertThat(subspace.offset()).isCloseTo(expected.offset(), within(5e-3));
        assertThat(subspace.provenance().nonToxic() + subspace.provenance().toxic())
                .isEqualTo(rows.size() - heldOut);
        assertThat(subspace.provenance().modelHash()).isEqualTo(model.weightsHash());
        assertThat(subspace.provenance().created()).isEqualTo(CLOCK.instant());
        assertThat(subspace.quality().heldOut()).isEqualTo((int) heldOut);
        assertThat(subspace.quality().rocAuc()).isGreaterThan(0.7);
        assertThat(subspace.quality().nonToxicMean())
                .isGreaterThan(subspace.quality().toxicMean());
    }

    @Test
    void shouldCountEveryTokenFromTheFourthOnWhenAsked() throws IOException {
        // Given: texts of 2 to 7 words and one telling word
        Path file = ToyTexts.write(folder.resolve("toy.jsonl"), 300, 2);

        // When
        Subspace last = fit(file, settings(EmbedAs.RESPONSE, false, LabelRule.DEFAULT));
        Subspace every = fit(file, settings(EmbedAs.RESPONSE, true, LabelRule.DEFAULT));

        // Then
        long lastStates = last.provenance().nonToxic() + last.provenance().toxic();
        long allStates = every.provenance().nonToxic() + every.provenance().toxic();
        assertThat(allStates).isGreaterThan(2 * lastStates);
        assertThat(every.quality().heldOut()).isEqualTo(last.quality().heldOut());
    }

    @Test
    void shouldReadAResponseWhereTheAssistantWouldSayIt() {
        // Given
        LabelledRow row = new LabelledRow("a", " Fine words", 1, Optional.of("How are you?"));
        LabelledRow alone = new LabelledRow("b", " Fine words", 0, Optional.empty());
        try (Tokenizer tokenizer = Tokenizer.load(model.path())) {
            TextEmbedding embedding = new TextEmbedding(
                    tokenizer,
                    PromptEncoder.load(model.path(), tokenizer),
                    settings(EmbedAs.RESPONSE, false, LabelRule.DEFAULT));
            ChatTemplate template =
                    ChatTemplate.load(model.path(), tokenizer.specialTokens()).orElseThrow();

            // When
            EmbeddedText text = embedding.of(row).orElseThrow();
            EmbeddedText textAlone = embedding.of(alone).orElseThrow();

            // Then
            assertThat(tokenizer.decode(text.ids(), false))
                    .isEqualTo(template.render(user("How are you?"), true) + " Fine words");
            assertThat(tokenizer.decode(textAlone.ids(), false))
                    .isEqualTo(template.render(user(SubspaceSettings.GENERIC_USER_MESSAGE), true) + " Fine words");
            assertThat(text.toxic()).isTrue();
            assertThat(textAlone.toxic()).isFalse();
            assertThat(text.firstCounted(false)).isEqualTo(text.ids().length - 1);
        }
    }

    @Test
    void shouldLeaveOutLabelsBetweenTheTwoSides() {
        // Given
        LabelRule rule = new LabelRule(0.7, 0.2);

        // When, Then
        assertThat(rule.isToxic(0.7)).contains(true);
        assertThat(rule.isToxic(0.2)).contains(false);
        assertThat(rule.isToxic(0.5)).isEmpty();
        assertThatThrownBy(() -> new LabelRule(0.5, 0.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LabelRule(1.5, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseDataOfOneClassAndBadRowsBeforeAnythingIsComputed() throws IOException {
        // Given
        Path oneClass = Files.writeString(
                folder.resolve("one.jsonl"), "{\"id\":\"a\",\"text\":\"the quick brown fox 0\",\"label\":0}\n");
        Path bad = Files.writeString(folder.resolve("bad.jsonl"), "{\"id\":\"a\",\"text\":\"x\",\"label\":2}\n");
        SubspaceSettings settings = settings(EmbedAs.PLAIN, false, LabelRule.DEFAULT);

        // When, Then
        assertThatThrownBy(() -> fit(oneClass, settings))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("1 non-toxic and 0 toxic states");
        assertThatThrownBy(() -> fit(bad, settings))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(bad + " line 1 has label 2.0");
    }

    private Subspace fit(Path file, SubspaceSettings settings) {
        return new SubspaceFitting(runtime, Progress.Factory.SILENT, CLOCK)
                .fit(model, List.of(file), settings)
                .subspace();
    }

    private static SubspaceSettings settings(EmbedAs embedAs, boolean everyToken, LabelRule rule) {
        // A cut-off that drops directions of rounding noise, so that two ways of computing can be compared.
        return new SubspaceSettings("toy", rule, embedAs, everyToken, MAX_TOKENS, ElementType.FLOAT32, 1e-6);
    }

    private SubspaceStatistics.Boundary oneAtATime(List<LabelledRow> rows) {
        try (Tokenizer tokenizer = Tokenizer.load(model.path());
                CausalLm lm = CausalLm.load(model, runtime, ElementType.FLOAT32, LoadProgress.SILENT);
                NDManager scope = lm.newScope();
                SubspaceStatistics statistics =
                        new SubspaceStatistics(scope, lm.shape().hidden())) {
            for (LabelledRow row : rows) {
                if (!HeldOutSplit.isHeldOut(row.text())) {
                    int[] ids = tokenizer.encode(row.text(), true);
                    try (NDManager step = lm.newScope()) {
                        NDArray hidden = lm.hidden(
                                step,
                                step.create(ids)
                                        .toType(ai.djl.ndarray.types.DataType.INT64, false)
                                        .reshape(1, ids.length));
                        NDArray last = hidden.get(0).get(ids.length - 1).reshape(new Shape(1, -1));
                        statistics.add(last, new boolean[] {row.label() == 1});
                    }
                }
            }
            return statistics.fit(1e-6);
        }
    }

    private static List<ChatMessage> user(String content) {
        return List.of(new ChatMessage(ChatMessage.Role.USER, content));
    }
}
