package dev.temper.training.evaluate.utility;

import static dev.temper.training.evaluate.utility.UtilityFixture.measure;
import static dev.temper.training.evaluate.utility.UtilityFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.runtime.TemperException;
import dev.temper.training.TinyModel;
import dev.temper.training.data.TextFile;
import dev.temper.training.evaluate.JudgedSystem;
import dev.temper.training.evaluate.JudgedSystem.Scripted;
import dev.temper.training.evaluate.utility.ChoiceNumbers.Per;
import dev.temper.training.likelihood.TokenLikelihoods;
import dev.temper.training.likelihood.TokenSpan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // set by JUnit
class UtilitySuitesTest {
    private static final double TOLERANCE = 2e-3; // nats an option, float32
    private static final List<String> WORDS =
            List.of("river", "mill", "train", "old bread", "teacher", "a green window", "flour", "station");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama32"})
    void shouldFindChoicesAsLikelyAsOneTextAtATime(String model) throws IOException {
        // Given: questions of two kinds, and what their options are, written out
        List<String> questions = new ArrayList<>();
        List<String> schemas = new ArrayList<>();
        List<List<String[]>> options = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String a = WORDS.get(i % 8);
            String b = WORDS.get((i + 3) % 8);
            questions.add(
                    "{\"id\":\"q%d\",\"query\":\"Question: what is by the %s?\",\"choices\":[\"%s\",\"%s\"],\"answer\":%d}"
                            .formatted(i, a, a, b, i % 2));
            String context = "Question: what is by the " + a + "?\nAnswer:";
            options.add(List.of(new String[] {context, " " + a}, new String[] {context, " " + b}));
        }
        for (int i = 0; i < 12; i++) {
            String a = "The " + WORDS.get(i % 8);
            String b = "The " + WORDS.get((i + 5) % 8);
            schemas.add(
                    "{\"id\":\"s%d\",\"context_options\":[\"%s\",\"%s\"],\"continuation\":\"turns slowly.\",\"answer\":%d}"
                            .formatted(i, a, b, i % 2));
            options.add(List.of(new String[] {a, " turns slowly."}, new String[] {b, " turns slowly."}));
        }
        Map<String, Path> data = new LinkedHashMap<>();
        data.put("questions", write("questions.jsonl", questions));
        data.put("schemas", write("schemas.jsonl", schemas));
        MultipleChoicePlan plan = new MultipleChoicePlan(data, 0, "\nAnswer: ");
        try (UtilityFixture fixture = new UtilityFixture(model)) {

            // When
            List<ChoiceNumbers> rows = measure(plan, ChoiceNumbers.class, fixture.system());

            // Then
            double correct = 0;
            for (int row = 0; row < options.size(); row++) {
                double[] perByte = new double[2];
                for (int i = 0; i < 2; i++) {
                    String[] option = options.get(row).get(i);
                    TokenLikelihoods naive = fixture.naive(option[0], option[1]);
                    assertThat(rows.get(row).logLikelihoods()[i]).isCloseTo(naive.sum(), within(TOLERANCE));
                    assertThat(rows.get(row).tokens()[i]).isEqualTo(naive.greedy().length);
                    perByte[i] = naive.sum() / option[1].strip().getBytes(StandardCharsets.UTF_8).length;
                }
                correct += perByte[row % 2] > perByte[1 - row % 2] ? 1 : 0;
            }
            assertThat(number(plan, "accuracy_per_byte", rows)).isCloseTo(correct / options.size(), within(1e-9));
        }
    }

    @Test
    void shouldNormaliseByTokensOrBytesAndShareTies() {
        // Given: 3 nats over 1 token and 2 bytes, 4 over 2 and 4, 4 over 4 and 2
        ChoiceNumbers row = numbers(new double[] {-3, -4, -4}, new int[] {1, 2, 4}, new int[] {2, 4, 2}, 2);

        // When, Then
        assertThat(row.correct(Per.TEXT)).isZero();
        assertThat(row.correct(Per.TOKEN)).isOne();
        assertThat(row.correct(Per.BYTE)).isZero();
        assertThat(numbers(new double[] {-4, -3, -3}, new int[] {1, 1, 1}, new int[] {1, 1, 1}, 1)
                        .correct(Per.TEXT))
                .isEqualTo(0.5);
    }

    @Test
    void shouldCountGroupsAlikeInTheMean() throws IOException {
        // Given: 4 of 4 right in one group, 0 of 1 in the other
        List<ChoiceNumbers> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(new ChoiceNumbers(
                    "r" + i,
                    i < 4 ? "many" : "few",
                    i < 4 ? 0 : 1,
                    new double[] {-1, -2},
                    new int[] {1, 1},
                    new int[] {1, 1},
                    0,
                    0,
                    0));
        }

        // When
        double mean = ChoiceMeasures.meanOfGroups("mean", Per.TEXT)
                .preparation()
                .over(rows)
                .of(new int[] {0, 1, 2, 3, 4});

        // Then
        assertThat(mean).isEqualTo(0.5);
    }

    @Test
    void shouldAskAfterExamplesOfTheSameSubjectAndDropTheFirstWhereThereIsNoRoom() throws IOException {
        // Given: short examples, and long ones of which the model's 128 positions hold few
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            lines.add(mmlu("dev", i, "short_things", "mill " + i, i % 2));
            lines.add(mmlu("dev", 10 + i, "long_things", "river ".repeat(14) + i, i % 2));
        }
        lines.add(mmlu("val", 0, "short_things", "train", 0));
        lines.add(mmlu("val", 1, "long_things", "train", 0));
        MmluPlan plan = new MmluPlan(write("mmlu.jsonl", lines), 3, 0, false);
        try (UtilityFixture fixture = new UtilityFixture("llama32")) {
            Scripted likelihood = new Scripted(128, span -> constant(span, 0));
            JudgedSystem system = new JudgedSystem(fixture.folder, Optional.of(likelihood));

            // When
            List<ChoiceNumbers> rows = measure(plan, ChoiceNumbers.class, system);

            // Then
            assertThat(rows).extracting(ChoiceNumbers::shots).first().isEqualTo(3);
            assertThat(rows.get(0).droppedShots()).isZero();
            assertThat(rows.get(1).shots()).isBetween(0, 2);
            assertThat(rows.get(1).shots() + rows.get(1).droppedShots()).isEqualTo(3);
            assertThat(rows.get(1).droppedTokens()).isZero();
            String asked = fixture.tokenizer.decode(likelihood.asked.get(0).ids(), true);
            assertThat(asked)
                    .isEqualTo("The following are multiple choice questions (with answers) about short things.\n\n"
                            + "mill 0\nA. one\nB. two\nAnswer: A\n\n"
                            + "mill 1\nA. one\nB. two\nAnswer: B\n\n"
                            + "mill 2\nA. one\nB. two\nAnswer: A\n\n"
                            + "train\nA. one\nB. two\nAnswer: A");
            String shortened = fixture.tokenizer.decode(likelihood.asked.get(2).ids(), true);
            assertThat(shortened).startsWith("The following are").endsWith("train\nA. one\nB. two\nAnswer: A");
            if (rows.get(1).shots() > 0) {
                assertThat(shortened).contains(" 2\nA. one").doesNotContain(" 0\nA. one");
            }
            assertThat(number(plan, "questions_with_dropped_examples", rows)).isEqualTo(0.5);
            assertThat(number(plan, "accuracy", rows)).isEqualTo(0.5); // all letters tie
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama32"})
    void shouldJudgeLastWordsAsOneTextAtATime(String model) throws IOException {
        // Given: one word that greedy decoding would write, and others
        try (UtilityFixture fixture = new UtilityFixture(model)) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                lines.add("{\"id\":\"l%d\",\"context\":\"She opened the %s and the\",\"continuation\":\"%s\"}"
                        .formatted(i, WORDS.get(i), WORDS.get(i + 1)));
            }
            LastWordPlan plan = new LastWordPlan(write("words.jsonl", lines), 0);

            // When
            List<LastWordNumbers> rows = measure(plan, LastWordNumbers.class, fixture.system());

            // Then
            double sum = 0;
            for (int i = 0; i < 6; i++) {
                TokenLikelihoods naive =
                        fixture.naive("She opened the " + WORDS.get(i) + " and the", " " + WORDS.get(i + 1));
                assertThat(rows.get(i).logLikelihood()).isCloseTo(naive.sum(), within(TOLERANCE));
                assertThat(rows.get(i).greedy()).isEqualTo(naive.allGreedy());
                sum += naive.sum();
            }
            assertThat(number(plan, "perplexity_per_word", rows))
                    .isCloseTo(Math.exp(-sum / 6), within(Math.exp(-sum / 6) * 1e-3));
        }
    }

    @Test
    void shouldCountAWordAsRightIfAllItsTokensAreGreedy() throws IOException {
        // Given
        Path file = write(
                "words.jsonl",
                List.of(
                        "{\"id\":\"a\",\"context\":\"The river\",\"continuation\":\"turns\"}",
                        "{\"id\":\"b\",\"context\":\"The old mill\",\"continuation\":\"turns\"}"));
        LastWordPlan plan = new LastWordPlan(file, 0);
        Scripted likelihood = new Scripted(128, span -> {
            boolean[] greedy = new boolean[span.judged()];
            Arrays.fill(greedy, true);
            greedy[greedy.length - 1] = span.start() < 4; // the shorter context's
            return new TokenLikelihoods(new double[span.judged()], greedy);
        });

        // When
        List<LastWordNumbers> rows =
                measure(plan, LastWordNumbers.class, new JudgedSystem(TinyModel.open("gpt2"), Optional.of(likelihood)));

        // Then
        assertThat(rows)
                .extracting(LastWordNumbers::greedy)
                .containsExactly(likelihood.asked.get(0).start() < 4, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "llama32"})
    void shouldJudgeEveryTokenOfATextOnceAfterWhatStandsBeforeIt(String model) throws IOException {
        // Given: some passages, windows of 24 tokens, of which 10 are judged
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 700; i++) {
            text.append("The ").append(WORDS.get(i * 7 % 8)).append(i % 9 == 0 ? ".\n" : " and");
        }
        Path file = Files.writeString(folder.resolve("text.txt"), text.append('\n'));
        int window = 24;
        int stride = 10;
        TextPlan plan = new TextPlan(file, window, stride, 0);
        try (UtilityFixture fixture = new UtilityFixture(model)) {

            // When
            List<TextNumbers> rows = measure(plan, TextNumbers.class, fixture.system());

            // Then: the first passage's windows by hand
            assertThat(rows).hasSizeGreaterThan(1);
            int beginning = model.equals("gpt2") ? 960 : 1000;
            List<String> passages = new ArrayList<>();
            TextFile.readPassages(file, passages::add);
            int[] bare = passages.stream()
                    .flatMapToInt(passage -> Arrays.stream(fixture.tokenizer.encode(passage, false)))
                    .toArray();
            int[] ids = new int[bare.length + 1];
            ids[0] = beginning;
            System.arraycopy(bare, 0, ids, 1, bare.length);
            assertThat(rows.stream().mapToInt(TextNumbers::tokens).sum()).isEqualTo(bare.length);
            assertThat(rows.stream().mapToInt(TextNumbers::bytes).sum()).isEqualTo((int) Files.size(file));
            double nll = 0;
            for (int at = 1; at < 1 + rows.get(0).tokens(); at += stride) {
                int stop = Math.min(at + stride, 1 + rows.get(0).tokens());
                int start = Math.max(0, stop - window - 1);
                nll -= fixture.naive(new TokenSpan(Arrays.copyOfRange(ids, start, stop), at - start))
                        .sum();
            }
            assertThat(rows.get(0).nll())
                    .isCloseTo(nll, within(TOLERANCE * rows.get(0).tokens()));
            double total = rows.stream().mapToDouble(TextNumbers::nll).sum();
            assertThat(number(plan, "bits_per_byte", rows))
                    .isCloseTo(total / Math.log(2) / Files.size(file), within(1e-9));
            assertThat(number(plan, "perplexity", rows)).isCloseTo(Math.exp(total / bare.length), within(1e-6));
        }
    }

    @Test
    void shouldDrawTheSameRowsForTheSameSeed() throws IOException {
        // Given
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            lines.add("{\"id\":\"q%d\",\"query\":\"Q:\",\"choices\":[\"a\",\"b\"],\"answer\":0}".formatted(i));
        }
        MultipleChoicePlan plan = new MultipleChoicePlan(Map.of("all", write("q.jsonl", lines)), 10, "\nAnswer: ");
        JudgedSystem system =
                new JudgedSystem(TinyModel.open("gpt2"), Optional.of(new Scripted(128, span -> constant(span, -1))));

        // When
        List<ChoiceNumbers> once = measure(plan, ChoiceNumbers.class, system);
        List<ChoiceNumbers> again = measure(plan, ChoiceNumbers.class, system);

        // Then
        assertThat(once).hasSize(10);
        assertThat(again)
                .extracting(ChoiceNumbers::id)
                .isEqualTo(once.stream().map(ChoiceNumbers::id).toList());
        assertThat(once).extracting(ChoiceNumbers::id).doesNotContainSequence("all:q0", "all:q1", "all:q2", "all:q3");
    }

    @Test
    void shouldRefuseDataOfAnotherKindAndSystemsWithoutLikelihoods() throws IOException {
        // Given
        Path words = write("w.jsonl", List.of("{\"id\":\"a\",\"context\":\"x\",\"continuation\":\"y\"}"));
        Path question =
                write("q.jsonl", List.of("{\"id\":\"a\",\"query\":\"x\",\"choices\":[\"y\",\"z\"],\"answer\":0}"));
        JudgedSystem guided = new JudgedSystem(TinyModel.open("gpt2"), Optional.empty());

        // When, Then
        assertThatThrownBy(() ->
                        new MultipleChoicePlan(Map.of("w", words), 0, " ").open("suite", UtilityFixture.INSTRUMENTS))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("kind last_word");
        assertThatThrownBy(() -> new LastWordPlan(question, 0).open("suite", UtilityFixture.INSTRUMENTS))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("row a has no \"context\"");
        assertThatThrownBy(() -> new MmluPlan(question, 5, 0, false).open("suite", UtilityFixture.INSTRUMENTS))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("row a is no question with a \"subject\"");
        assertThat(new LastWordPlan(words, 0)
                        .open("suite", UtilityFixture.INSTRUMENTS)
                        .inapplicable(guided))
                .hasValueSatisfying(reason -> assertThat(reason).contains("nucleus"));
    }

    private static TokenLikelihoods constant(TokenSpan span, double each) {
        double[] likelihoods = new double[span.judged()];
        Arrays.fill(likelihoods, each);
        return new TokenLikelihoods(likelihoods, new boolean[span.judged()]);
    }

    private static ChoiceNumbers numbers(double[] logLikelihoods, int[] tokens, int[] bytes, int answer) {
        return new ChoiceNumbers("row", "group", answer, logLikelihoods, tokens, bytes, 0, 0, 0);
    }

    private static String mmlu(String part, int number, String subject, String query, int answer) {
        return "{\"id\":\"mmlu-%s-%d\",\"subject\":\"%s\",\"query\":\"%s\",\"choices\":[\"one\",\"two\"],\"answer\":%d}"
                .formatted(part, number, subject, query, answer);
    }

    private Path write(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }
}
