package dev.temper.sandbox.demo;

import dev.temper.app.Operations;
import dev.temper.app.Sidecar;
import dev.temper.app.TopicAdmin;
import dev.temper.app.config.EngineConfig;
import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.sandbox.traffic.SamplePrompt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * One run of the demo, from the start of the services to the books. Everything is started, and stopped in reverse, by
 * the thread that calls {@link #run}; {@link #stop()} may come from another.
 */
final class DemoRun {
    /**
     * What the user chose.
     *
     * @param dataFolder broker, registry and state of the sidecar
     * @param model the language model's folder
     * @param once whether to end when every prompt has its outcome
     * @param patience longest time without any new outcome before the demo gives up waiting
     * @param showWithheld whether to show blocked answers
     */
    record Options(Path dataFolder, Path model, boolean once, Duration patience, boolean showWithheld) {}

    private final Options options;
    private final List<SamplePrompt> prompts;
    private final Function<EngineConfig, GenerationEngine> engines;
    private final PrintWriter out;
    private final PrintWriter notes;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /**
     * A run.
     *
     * @param engines makes what answers; the run closes it
     * @param out where outcomes and the summary go
     * @param notes where everything else goes that the user should know
     */
    DemoRun(
            Options options,
            List<SamplePrompt> prompts,
            Function<EngineConfig, GenerationEngine> engines,
            PrintWriter out,
            PrintWriter notes) {
        this.options = options;
        this.prompts = prompts;
        this.engines = engines;
        this.out = out;
        this.notes = notes;
    }

    /** Ends a run that waits; it closes everything in order. */
    void stop() {
        stopped.complete(null);
    }

    /**
     * Runs.
     *
     * @param view where outcomes of prompts that were not typed are shown, and the summary
     * @param typed the terminal's input
     * @return the books
     * @throws TemperException when something does not start
     */
    Tally run(OutcomeView view, BufferedReader typed) throws InterruptedException {
        note("loading " + options.model() + ", starting broker and registry in " + options.dataFolder());
        // Two threads that log for the first time at once would make SLF4J complain.
        LoggerFactory.getILoggerFactory();
        EngineConfig engineConfig = DemoSettings.engine(options.model());
        try (EngineLoading loading = new EngineLoading(() -> engines.apply(engineConfig));
                DemoServices services = DemoServices.start(options.dataFolder())) {
            SidecarConfig config = DemoSettings.of(
                    options.model(),
                    options.dataFolder().resolve("state"),
                    services.bootstrapServers(),
                    services.registryUrl());
            TopicAdmin.create(config, false, created -> {});
            try (PromptWriter writer = new PromptWriter(config)) {
                TypedChat chat = new TypedChat(writer, out, options.showWithheld());
                Ledger ledger = new Ledger(new Split(view, chat));
                try (TopicFollower follower = new TopicFollower(config, ledger)) {
                    follower.catchUp();
                    earlierRun(ledger.tally());
                    serve(config, loading.get(), writer, ledger, follower, chat, typed);
                    follower.finish();
                    Tally tally = ledger.tally();
                    view.summary(tally);
                    return tally;
                }
            }
        }
    }

    private void serve(
            SidecarConfig config,
            GenerationEngine engine,
            PromptWriter writer,
            Ledger ledger,
            TopicFollower follower,
            TypedChat chat,
            BufferedReader typed)
            throws InterruptedException {
        try (Operations operations = options.once() ? Operations.hidden() : Operations.open(config, System::getenv);
                Sidecar sidecar = Sidecar.start(config, engine, operations)) {
            operations.modelIsWarm(engine);
            operations.openModerationPage(config).ifPresent(url -> note("the moderation page: " + url));
            note("serving: bootstrap.servers=" + config.kafka().get("bootstrap.servers") + " schema.registry.url="
                    + config.schemaRegistry().get(SidecarConfig.REGISTRY_URL));
            ledger.goLive();
            follower.follow();
            send(writer, ledger);
            Set<String> ids = prompts.stream().map(SamplePrompt::id).collect(Collectors.toSet());
            if (!options.once()) {
                converse(chat, typed);
            }
            boolean settled = ledger.awaitSettled(
                    ids,
                    options.patience(),
                    () -> follower.healthy() && !sidecar.ended().isDone() && !stopped.isDone());
            if (settled && !options.once()) {
                note(ledger.tally().line());
                note("all prompts are answered; type a message and press Enter, or end with Ctrl-C");
                CompletableFuture.anyOf(stopped, sidecar.ended()).join();
            }
            if (sidecar.ended().isDone()) {
                note("the sidecar has stopped by itself; see the log");
            } else if (!settled && !stopped.isDone()) {
                note("no outcome for " + options.patience().toSeconds() + " s; giving up");
            }
        }
    }

    private void earlierRun(Tally tally) {
        if (tally.prompts() > 0) {
            int open = tally.prompts() - Math.min(tally.prompts(), tally.results() + tally.rejects());
            note("this folder holds " + tally.prompts() + " prompts of earlier runs, " + open + " of them unanswered");
        }
    }

    private void send(PromptWriter writer, Ledger ledger) {
        int sent = 0;
        for (SamplePrompt prompt : prompts) {
            if (!ledger.wasSent(prompt.id())) {
                writer.send(prompt.id(), prompt.conversation(), prompt.messages());
                sent++;
            }
        }
        writer.flush();
        note("sent " + sent + " of " + prompts.size() + " sample prompts"
                + (sent < prompts.size() ? "; the others were sent by an earlier run" : ""));
    }

    private void converse(TypedChat chat, BufferedReader typed) {
        Thread thread = new Thread(
                () -> {
                    try {
                        chat.run(typed);
                    } catch (IOException | TemperException e) {
                        note("what is typed can no longer be sent: " + e.getMessage());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "demo-typed");
        thread.setDaemon(true);
        thread.start();
    }

    private void note(String text) {
        notes.println(text);
        notes.flush();
    }

    /** Typed prompts are answered in place, all others by the view. */
    private record Split(OutcomeView view, TypedChat chat) implements OutcomeView {
        @Override
        public void outcome(Outcome outcome) {
            if (chat.owns(outcome)) {
                chat.outcome(outcome);
            } else {
                view.outcome(outcome);
            }
        }

        @Override
        public void summary(Tally tally) {
            view.summary(tally);
        }
    }
}
