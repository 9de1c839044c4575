package dev.temper.tests.page;

import dev.temper.runtime.decode.FinishReason;
import dev.temper.runtime.serve.EngineStatus;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.runtime.text.Prompt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A model that says what the user said, of which the scorer thinks the worst, in a category of that name. */
final class EchoEngine implements GenerationEngine {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @Override
    public boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome) {
        thread.execute(() -> onOutcome.accept(echo(request)));
        return true;
    }

    private static GenerationOutcome echo(GenerationRequest request) {
        String said = request.prompt() instanceof Prompt.Chat chat
                ? chat.messages().get(chat.messages().size() - 1).content()
                : ((Prompt.Plain) request.prompt()).text();
        List<String> tokens = List.of(said.split("(?<=[ >])", -1));
        return new Completed(
                request.id(),
                said,
                IntStream.range(0, tokens.size()).boxed().toList(),
                tokens,
                FinishReason.END_OF_SEQUENCE,
                Map.of(
                        said,
                        IntStream.range(0, tokens.size())
                                .mapToObj(i -> i % 2 == 0 ? -1.0 : 0.5)
                                .toList()),
                Map.of(said, 0.9),
                new Usage(3, 0, 0, tokens.size(), tokens.size(), 0, 0, 0),
                new Timings(0, 0.1, 0.2, 0.1, 0.1));
    }

    @Override
    public boolean cancel(String requestId) {
        return false;
    }

    @Override
    public Identity identity() {
        return new Identity(Hostile.TEXTS.get(0), "0", Hostile.TEXTS.get(1), "0", Map.of());
    }

    @Override
    public int inFlight() {
        return 0;
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
