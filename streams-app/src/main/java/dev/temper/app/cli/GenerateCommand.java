package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.EngineConfig;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineLoader;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.Prompt;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code temper generate}. */
@Command(
        name = "generate",
        description = "Answers prompts without Kafka, together in one batch.",
        mixinStandardHelpOptions = true)
public final class GenerateCommand implements Callable<Integer> {
    private static final String SUBSPACE = "subspace";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ModelOptions model;

    @Option(names = "--subspace", paramLabel = "FILE", description = "Guides decoding by this subspace.")
    private @Nullable Path subspace;

    @Option(
            names = "--beta",
            defaultValue = "1",
            description = "Strength of guidance, at least 0 (default: ${DEFAULT-VALUE}); needs --subspace.")
    private double beta;

    @Option(
            names = "--mode",
            defaultValue = "raw",
            description = "What the margins are turned into: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // has a default
    private GuidanceParameters.Mode mode;

    @Option(names = "--max-candidates", defaultValue = "64", description = "Most candidates of one token.")
    private int maxCandidates;

    @Option(names = "--seed", defaultValue = "0", description = "Same seed, same answer (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--context-length",
            defaultValue = "" + EngineConfig.DEFAULT_CONTEXT_LENGTH,
            description = "Most tokens of a prompt and its answer together; the model's own where that is shorter"
                    + " (default: ${DEFAULT-VALUE}).")
    private int contextLength;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private DecodingOptions decoding;

    @Option(names = "--plain", description = "Continue the prompt as it stands, without the model's chat template.")
    private boolean plain;

    @Option(names = "--json", description = "One JSON object a prompt: text, ids, margins, usage, timings.")
    private boolean json;

    @Parameters(paramLabel = "PROMPT", arity = "1..*", description = "What to answer.")
    @SuppressWarnings("NullAway.Init") // at least one
    private List<String> prompts;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        List<GenerationRequest> requests = DeviceOptions.checked(this::requests);
        EngineSettings settings = DeviceOptions.checked(() -> new EngineSettings(
                Math.min(16, prompts.size()),
                contextLength,
                prompts.size(),
                Math.max(2, maxCandidates),
                EngineSettings.DEFAULT.prefillTokens()));
        EngineLoader.Files files = new EngineLoader.Files(
                model.model, Optional.empty(), subspace == null ? Map.of() : Map.of(SUBSPACE, subspace));
        int exit = Temper.EXIT_OK;
        try (GenerationEngine engine =
                EngineLoader.load(files, model.runtime(), model.weightType(), settings, LoadProgress.SILENT)) {
            List<CompletableFuture<GenerationOutcome>> answers = new ArrayList<>();
            for (GenerationRequest request : requests) {
                CompletableFuture<GenerationOutcome> answer = new CompletableFuture<>();
                engine.offer(request, answer::complete); // the queue holds as many as there are prompts
                answers.add(answer);
            }
            for (CompletableFuture<GenerationOutcome> answer : answers) {
                GenerationOutcome outcome = answer.join();
                print(outcome);
                exit = outcome instanceof Failed ? Temper.EXIT_CHECK_FAILED : exit;
            }
        }
        return exit;
    }

    private List<GenerationRequest> requests() {
        DecodingParameters parameters = decoding.parameters();
        GuidanceParameters guidance = subspace == null
                ? GuidanceParameters.NONE
                : new GuidanceParameters(Map.of(SUBSPACE, beta), mode, maxCandidates);
        List<GenerationRequest> requests = new ArrayList<>();
        for (String text : prompts) {
            Prompt prompt = plain
                    ? new Prompt.Plain(text)
                    : new Prompt.Chat(List.of(new ChatMessage(ChatMessage.Role.USER, text)));
            String id = "prompt-" + (requests.size() + 1);
            requests.add(
                    new GenerationRequest(id, prompt, parameters, guidance, seed, PromptOverflow.TRUNCATE_LEFT, null));
        }
        return requests;
    }

    private void print(GenerationOutcome outcome) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        if (outcome instanceof Failed failed) {
            spec.commandLine().getErr().println("temper: " + failed.requestId() + ": " + failed.detail());
        } else if (outcome instanceof Completed completed) {
            out.println(json ? JSON.writeValueAsString(document(completed)) : completed.text());
        }
        out.flush();
    }

    private static ObjectNode document(Completed completed) {
        ObjectNode document = JSON.createObjectNode();
        document.put("id", completed.requestId());
        document.put("text", completed.text());
        document.set("token_ids", JSON.valueToTree(completed.tokenIds()));
        document.set("token_texts", JSON.valueToTree(completed.tokenTexts()));
        document.put("finish_reason", completed.finishReason().name());
        List<Double> margins = completed.margins().get(SUBSPACE);
        if (margins != null) {
            document.set("margins", JSON.valueToTree(margins));
        }
        document.set("usage", JSON.valueToTree(completed.usage()));
        document.set("timings", JSON.valueToTree(completed.timings()));
        return document;
    }
}
