package dev.temper.training.evaluate.systems;

import dev.temper.training.evaluate.ScorerPlan;
import dev.temper.training.evaluate.ToxicityMeter;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.remote.RemoteScorer;
import dev.temper.training.remote.RemoteScorerSettings;
import dev.temper.training.remote.RemoteScorerSettings.TokenIn;
import dev.temper.training.remote.ScoringProtocol;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A scoring service on the network in the place of a local classifier. Texts leave the machine.
 *
 * @param url where requests are posted
 * @param categories scores that are asked for, as the service names them
 * @param category the one that counts; left out, one named toxicity or toxic, or else the largest of all
 * @param language of the texts
 * @param tokenEnv environment variable with the token; left out, none is sent
 * @param tokenIn where the token goes
 * @param timeoutMs longest that a request may take
 * @param attempts most requests for one text
 * @param maxWaitMs longest pause between two attempts
 * @param requestsPerSecond most requests begun in a second
 * @param concurrency most requests at once
 * @param textsPerRequest texts in one request
 */
public record RemoteScorerPlan(
        ScoringProtocol protocol,
        URI url,
        List<String> categories,
        @Nullable String category,
        String language,
        @Nullable String tokenEnv,
        TokenIn tokenIn,
        long timeoutMs,
        int attempts,
        long maxWaitMs,
        double requestsPerSecond,
        int concurrency,
        int textsPerRequest)
        implements ScorerPlan {

    /** What a plan may leave out for a service that speaks as Perspective does. */
    public static final Map<String, Object> PERSPECTIVE = Map.ofEntries(
            Map.entry("protocol", "perspective"),
            Map.entry("categories", List.of("TOXICITY")),
            Map.entry("language", "en"),
            Map.entry("token_in", "key_parameter"),
            Map.entry("timeout_ms", 30_000),
            Map.entry("attempts", 6),
            Map.entry("max_wait_ms", 60_000),
            Map.entry("requests_per_second", 1),
            Map.entry("concurrency", 4),
            Map.entry("texts_per_request", 1));

    /** What a plan may leave out for a moderation endpoint. */
    public static final Map<String, Object> MODERATION = Map.ofEntries(
            Map.entry("protocol", "moderation"),
            Map.entry("language", "en"),
            Map.entry("token_in", "bearer"),
            Map.entry("timeout_ms", 30_000),
            Map.entry("attempts", 6),
            Map.entry("max_wait_ms", 60_000),
            Map.entry("requests_per_second", 5),
            Map.entry("concurrency", 4),
            Map.entry("texts_per_request", 1));

    public RemoteScorerPlan {
        if (url == null) {
            throw new IllegalArgumentException("url must say where requests are posted");
        }
        if (categories == null) {
            throw new IllegalArgumentException("categories must name the scores that are asked for");
        }
        categories = List.copyOf(categories);
        settings(
                protocol,
                url,
                categories,
                language,
                tokenEnv,
                tokenIn,
                timeoutMs,
                attempts,
                maxWaitMs,
                requestsPerSecond,
                concurrency,
                textsPerRequest);
    }

    private static RemoteScorerSettings settings(
            ScoringProtocol protocol,
            URI url,
            List<String> categories,
            String language,
            @Nullable String tokenEnv,
            TokenIn tokenIn,
            long timeoutMs,
            int attempts,
            long maxWaitMs,
            double requestsPerSecond,
            int concurrency,
            int textsPerRequest) {
        return new RemoteScorerSettings(
                protocol,
                url,
                categories,
                language,
                Optional.ofNullable(tokenEnv),
                tokenIn,
                Duration.ofMillis(timeoutMs),
                attempts,
                Duration.ofMillis(maxWaitMs),
                requestsPerSecond,
                concurrency,
                textsPerRequest);
    }

    @Override
    public ToxicityMeter open(Workbench bench) {
        RemoteScorer scorer = RemoteScorer.open(
                settings(
                        protocol,
                        url,
                        categories,
                        language,
                        tokenEnv,
                        tokenIn,
                        timeoutMs,
                        attempts,
                        maxWaitMs,
                        requestsPerSecond,
                        concurrency,
                        textsPerRequest),
                System::getenv);
        try {
            return new ToxicityMeter(scorer, Optional.ofNullable(category), scorer::close);
        } catch (RuntimeException e) {
            scorer.close();
            throw e;
        }
    }
}
