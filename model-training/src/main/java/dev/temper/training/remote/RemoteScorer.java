package dev.temper.training.remote;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.score.TextScorer;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Scores texts by a service on the network, in the place of a local classifier. Texts leave the machine: for evaluation,
 * with data that may. Blank texts are not sent. Owns its threads; used by one thread at a time.
 */
public final class RemoteScorer implements TextScorer, AutoCloseable {
    private final RemoteScorerSettings settings;
    private final ScoringClient client;
    private final ExecutorService threads;

    private RemoteScorer(RemoteScorerSettings settings, Optional<String> token) {
        this.settings = settings;
        this.client = new ScoringClient(
                settings,
                token,
                HttpClient.newBuilder()
                        .connectTimeout(settings.timeout())
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build());
        this.threads = Executors.newFixedThreadPool(settings.concurrency(), task -> {
            Thread thread = new Thread(task, "remote-scorer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Opens the scorer; asks nothing yet.
     *
     * @param environment variable to value or null: {@code System::getenv}
     * @throws TemperException if the token's variable is not set
     */
    public static RemoteScorer open(
            RemoteScorerSettings settings,
            Function<String, ? extends @org.jspecify.annotations.Nullable String> environment) {
        Optional<String> token = settings.tokenVariable().map(variable -> {
            String value = environment.apply(variable);
            if (value == null || value.isBlank()) {
                throw new TemperException("the environment variable " + variable
                        + " is not set, but the scorer's settings take its token from there; export it");
            }
            return value.strip();
        });
        return new RemoteScorer(settings, token);
    }

    @Override
    public List<Map<String, Double>> score(List<String> texts) {
        List<Map<String, Double>> scores = new ArrayList<>(Collections.nCopies(texts.size(), zeros()));
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isBlank()) {
                sent.add(i);
            }
        }
        List<Future<List<Map<String, Double>>>> answers = new ArrayList<>();
        try {
            for (int from = 0; from < sent.size(); from += settings.textsPerRequest()) {
                List<String> some =
                        sent.subList(from, Math.min(from + settings.textsPerRequest(), sent.size())).stream()
                                .map(texts::get)
                                .toList();
                answers.add(threads.submit(() -> client.score(some)));
            }
            int at = 0;
            for (Future<List<Map<String, Double>>> answer : answers) {
                for (Map<String, Double> of : answer.get()) {
                    scores.set(sent.get(at++), Collections.unmodifiableMap(of));
                }
            }
            return scores;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TemperException cause) {
                throw cause;
            }
            throw new IllegalStateException("scoring failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TemperException("scoring was interrupted", e);
        } finally {
            answers.forEach(answer -> answer.cancel(true)); // after a failure the others are not worth waiting for
        }
    }

    private Map<String, Double> zeros() {
        Map<String, Double> zeros = new LinkedHashMap<>();
        settings.categories().forEach(category -> zeros.put(category, 0.0));
        return Collections.unmodifiableMap(zeros);
    }

    @Override
    public List<String> categories() {
        return settings.categories();
    }

    /** Protocol and address, without a query. */
    @Override
    public String id() {
        return settings.protocol().name().toLowerCase(Locale.ROOT) + " " + settings.address();
    }

    /** A service shows no weights: SHA-256 of protocol, address, language and categories. */
    @Override
    public String hash() {
        try {
            byte[] asked = (id() + "\n" + settings.language() + "\n" + String.join("\n", settings.categories()))
                    .getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(asked));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
