package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.score.ToxicityScorer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code temper score}. */
@Command(
        name = "score",
        description = "Scores texts with a classifier, one JSON line for each: its id or text, and the scores.",
        mixinStandardHelpOptions = true)
public final class ScoreCommand implements Callable<Integer> {
    private static final int TEXTS_AT_ONCE = 256;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ModelOptions model;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "JSON lines with a \"text\" each, and maybe an \"id\", which then stands for the text.")
    private @Nullable Path file;

    @Parameters(paramLabel = "TEXT", description = "Texts to score.")
    private List<String> texts = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** A text and how the output names it. */
    private record Row(ObjectNode name, String text) {}

    @Override
    public Integer call() throws JsonProcessingException {
        if (file == null && texts.isEmpty()) {
            throw new TemperException("there is nothing to score: give texts, or --file with JSON lines");
        }
        ModelFolder folder = ModelFolder.open(model.model).require(ModelKind.SEQUENCE_CLASSIFICATION);
        try (ToxicityScorer scorer =
                ToxicityScorer.load(folder, model.runtime(), model.elementType(), LoadProgress.SILENT)) {
            print(scorer, texts.stream().map(ScoreCommand::row).toList());
            if (file != null) {
                scoreFile(scorer, file);
            }
        }
        return Temper.EXIT_OK;
    }

    private static Row row(String text) {
        return new Row(JSON.createObjectNode().put("text", text), text);
    }

    private void scoreFile(ToxicityScorer scorer, Path lines) throws JsonProcessingException {
        List<Row> rows = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(lines)) {
            int number = 0;
            for (String line; (line = reader.readLine()) != null; ) {
                number++;
                if (!line.isBlank()) {
                    rows.add(row(lines, number, line));
                }
                if (rows.size() == TEXTS_AT_ONCE) {
                    print(scorer, rows);
                    rows.clear();
                }
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new TemperException(lines + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
        print(scorer, rows);
    }

    private static Row row(Path file, int number, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            JsonNode text = node.path("text");
            if (!text.isTextual()) {
                throw new TemperException(file + ", line " + number + ": there is no \"text\", or it is no string");
            }
            ObjectNode name = JSON.createObjectNode();
            if (node.has("id")) {
                name.set("id", node.get("id"));
            } else {
                name.set("text", text);
            }
            return new Row(name, text.textValue());
        } catch (JsonProcessingException e) {
            // The parser's own message quotes the line, which may be sensitive.
            throw new TemperException(file + ", line " + number + ": not JSON");
        }
    }

    private void print(ToxicityScorer scorer, List<Row> rows) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        List<Map<String, Double>> scores =
                scorer.score(rows.stream().map(Row::text).toList());
        for (int i = 0; i < scores.size(); i++) {
            ObjectNode document = rows.get(i).name();
            document.set("scores", JSON.valueToTree(scores.get(i)));
            out.println(JSON.writeValueAsString(document));
        }
        out.flush();
    }
}
