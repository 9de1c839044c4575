package dev.temper.training.remote;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which service scores, and how hard it may be pressed. Holds no secret.
 *
 * @param protocol what it is asked, and how it answers
 * @param url where requests are posted; https, or http without a token or to this machine
 * @param categories scores that are asked for, as the service names them; at least one
 * @param language of the texts, for services that ask
 * @param tokenVariable environment variable with the token; empty for a service without one
 * @param tokenIn where the token goes
 * @param timeout longest that one request may take, its answer's last byte included
 * @param attempts most requests for one text, at least 1: what may pass (429, 408, 5xx, a broken connection) is tried again
 * @param maxWait longest pause between two attempts; a service that asks for more has failed
 * @param requestsPerSecond most requests that are begun in a second, over all connections
 * @param concurrency most requests at once, 1 to 64
 * @param textsPerRequest texts in one request, 1 to 256; 1 for Perspective
 */
public record RemoteScorerSettings(
        ScoringProtocol protocol,
        URI url,
        List<String> categories,
        String language,
        Optional<String> tokenVariable,
        TokenIn tokenIn,
        Duration timeout,
        int attempts,
        Duration maxWait,
        double requestsPerSecond,
        int concurrency,
        int textsPerRequest) {
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_TEXTS = 256;
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Where the token goes. */
    public enum TokenIn {
        /** {@code Authorization: Bearer …}. */
        BEARER,
        /** The query parameter {@code key}, as Google's services have it. */
        KEY_PARAMETER
    }

    public RemoteScorerSettings {
        categories = List.copyOf(categories);
        boolean http = "http".equals(url.getScheme());
        require((http || "https".equals(url.getScheme())) && url.getHost() != null, "url must be an http(s) address");
        require(
                !http || tokenVariable.isEmpty() || THIS_MACHINE.contains(url.getHost()),
                "url must be https where a token is sent, or the token could be read on its way");
        require(url.getUserInfo() == null && url.getFragment() == null, "url must have no user and no fragment");
        require(
                !categories.isEmpty() && categories.stream().distinct().count() == categories.size(),
                "categories must be one or more different names");
        require(timeout.toMillis() >= 1, "timeout must be at least 1 ms");
        require(!maxWait.isNegative(), "max wait must not be negative");
        require(attempts >= 1 && attempts <= 100, "attempts must be in [1, 100], not " + attempts);
        require(
                requestsPerSecond > 0 && requestsPerSecond <= 100_000,
                "requests per second must be above 0 and at most 100000, not " + requestsPerSecond);
        require(
                concurrency >= 1 && concurrency <= MOST_CONNECTIONS,
                "concurrency must be in [1, " + MOST_CONNECTIONS + "], not " + concurrency);
        require(
                textsPerRequest >= 1 && textsPerRequest <= MOST_TEXTS,
                "texts per request must be in [1, " + MOST_TEXTS + "], not " + textsPerRequest);
        require(
                textsPerRequest == 1 || protocol != ScoringProtocol.PERSPECTIVE,
                "texts per request must be 1 for perspective");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The address without its query, which may hold a key: what messages and reports show. */
    String address() {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + (url.getPath() == null ? "" : url.getPath());
    }
}
