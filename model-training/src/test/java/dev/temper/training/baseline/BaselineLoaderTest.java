package dev.temper.training.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.lm.ElementType;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineLoaderTest {
    private static final EngineSettings SETTINGS = new EngineSettings(6, 64, 64, 16, 64);
    private static final DecodingParameters DECODING =
            DecodingParameters.DEFAULT.with().maxNewTokens(12).build();
    private static final Path MODEL = Goldens.folder("models/llama32");
    private static final Path REWARD = Goldens.folder("classifiers/llama_cls");
    private static final Path EXPERT = Goldens.folder("models/llama31");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static GenerationEngine start(Path model, Baseline baseline) {
        return BaselineLoader.open(ModelFolder.open(model), baseline)
                .start(Optional.of(REWARD), Goldens.RUNTIME, ElementType.FLOAT32, SETTINGS);
    }

    /** Answers to prompts of several lengths, several to each. */
    private static List<Completed> answers(GenerationEngine engine) throws Exception {
        List<CompletableFuture<GenerationOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            CompletableFuture<GenerationOutcome> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            engine.offer(
                    new GenerationRequest(
                            "r" + i,
                            new Prompt.Plain("The river " + "turns slowly ".repeat(i / 3)),
                            DECODING,
                            GuidanceParameters.NONE,
                            7 * i,
                            PromptOverflow.REJECT,
                            null),
                    outcome::complete);
        }
        List<Completed> answers = new ArrayList<>();
        for (CompletableFuture<GenerationOutcome> outcome : outcomes) {
            answers.add((Completed) outcome.get(60, TimeUnit.SECONDS));
        }
        return answers;
    }

    private static List<List<Integer>> tokens(List<Completed> answers) {
        return answers.stream().map(Completed::tokenIds).toList();
    }

    @Test
    void shouldGiveTheSameAnswersForTheSameSeeds() throws Exception {
        // Given
        Baseline experts = new Baseline.DExperts(EXPERT, MODEL, 1);

        // When
        List<Completed> first;
        List<Completed> again;
        try (GenerationEngine engine = start(MODEL, experts)) {
            first = answers(engine);
            again = answers(engine);
        }

        // Then
        assertThat(tokens(again)).isEqualTo(tokens(first));
        assertThat(tokens(first)).doesNotHaveDuplicates();
        assertThat(first).allSatisfy(answer -> {
            assertThat(answer.scores()).containsOnlyKeys("LABEL_0");
            assertThat(answer.usage().meanKl()).isPositive();
        });
    }

    @Test
    void shouldEndAtEveryEndTokenAsTheEngineDoes() throws Exception {
        // Given a model of which every third token ends the answer
        Path model = copy(MODEL, folder.resolve("endings"));
        ObjectMapper json = new ObjectMapper();
        Path file = model.resolve("generation_config.json");
        ObjectNode generation = (ObjectNode) json.readTree(file.toFile());
        generation.set(
                "eos_token_id",
                json.valueToTree(
                        IntStream.range(0, 1016).filter(t -> t % 3 == 0).boxed().toList()));
        json.writeValue(file.toFile(), generation);

        // When
        List<Completed> answers;
        try (GenerationEngine engine = start(model, new Baseline.Rad(REWARD, 5, 20, Optional.empty()))) {
            answers = answers(engine);
        }

        // Then
        assertThat(answers).anyMatch(answer -> answer.finishReason() == FinishReason.END_OF_SEQUENCE);
        assertThat(answers).allSatisfy(answer -> {
            List<Integer> ids = answer.tokenIds();
            assertThat(ids.subList(0, ids.size() - 1)).noneMatch(token -> token % 3 == 0);
            assertThat(ids.get(ids.size() - 1) % 3 == 0 ? FinishReason.END_OF_SEQUENCE : FinishReason.LENGTH)
                    .isEqualTo(answer.finishReason());
        });
    }

    private static Path copy(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    @Test
    void shouldFilterTheWordsOfAListInAnyCase() throws Exception {
        // Given the words that the model likes
        List<Completed> free;
        try (GenerationEngine engine = start(MODEL, new Baseline.Plain())) {
            free = answers(engine);
        }
        List<String> liked = free.stream()
                .flatMap(answer -> answer.tokenTexts().stream())
                .filter(text -> text.strip().matches("[a-z]+"))
                .map(String::strip)
                .distinct()
                .toList();
        assertThat(liked).isNotEmpty();
        Path list = Files.write(
                folder.resolve("words.csv"),
                Stream.concat(Stream.of("word,severity"), liked.stream().map(word -> word + ",1"))
                        .toList());

        // When
        List<Completed> filtered;
        try (GenerationEngine engine = start(MODEL, new Baseline.WordFilter(list))) {
            filtered = answers(engine);
        }

        // Then
        assertThat(filtered).allSatisfy(answer -> assertThat(answer.tokenTexts())
                .noneMatch(text -> liked.contains(text.strip().toLowerCase(java.util.Locale.ROOT))));
    }

    @Test
    void shouldSayWhatAnswersByNamesNumbersAndHashes() throws IOException {
        // Given
        Path auxiliary = BaselineDecoderTest.saveAuxiliary(folder.resolve("auxiliary"));
        Path list = Files.writeString(folder.resolve("words.txt"), "one\ntwo\n");
        ModelFolder model = ModelFolder.open(MODEL);

        // When / Then
        assertThat(BaselineLoader.open(model, new Baseline.Nado(auxiliary, 0.9)).identity())
                .containsEntry("method", "nado")
                .containsEntry("delta", "0.9")
                .containsEntry(
                        "auxiliary", "auxiliary " + ModelFolder.open(auxiliary).weightsHash());
        assertThat(BaselineLoader.open(model, new Baseline.Rad(REWARD, 5, 20, Optional.empty()))
                        .identity())
                .containsEntry("category", "LABEL_0")
                .containsEntry("top_k", "20")
                .containsKey("reward");
        assertThat(BaselineLoader.open(model, new Baseline.DExperts(EXPERT, MODEL, 2))
                        .identity())
                .containsKeys("expert", "anti_expert")
                .containsEntry("alpha", "2.0");
        assertThat(BaselineLoader.open(model, new Baseline.WordFilter(list))
                        .identity()
                        .get("words"))
                .startsWith("words.txt ")
                .hasSize("words.txt ".length() + 64);
    }

    @Test
    void shouldRefuseWhatCannotDecodeWithTheModel() {
        ModelFolder model = ModelFolder.open(MODEL);
        Path other = Goldens.folder("models/gpt2");
        assertRefused(model, new Baseline.DExperts(other, MODEL, 2), "another vocabulary");
        assertRefused(model, new Baseline.DExperts(EXPERT, REWARD, 2), "causal_lm model is needed");
        assertRefused(model, new Baseline.Nado(EXPERT, 1), "no auxiliary model");
        assertRefused(model, new Baseline.Nado(folder.resolve("absent"), 1), "no model folder");
        assertRefused(model, new Baseline.Rad(EXPERT, 1, 20, Optional.empty()), "sequence_classification model");
        assertRefused(model, new Baseline.Rad(REWARD, 1, 20, Optional.of("threat")), "no category 'threat'");
        assertRefused(model, new Baseline.WordFilter(folder.resolve("absent.txt")), "there is no word list");
        assertRefused(ModelFolder.open(REWARD), new Baseline.Plain(), "causal_lm model is needed");
    }

    private static void assertRefused(ModelFolder model, Baseline baseline, String why) {
        assertThatThrownBy(() -> BaselineLoader.open(model, baseline))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(why);
    }
}
