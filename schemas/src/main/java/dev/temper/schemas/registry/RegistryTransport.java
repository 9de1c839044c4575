package dev.temper.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to the registry, with failover and retries. Thread-safe. All requests of this API may be repeated: what they
 * change, they change once.
 */
final class RegistryTransport {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryTransport.class);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MAX_MESSAGE_CHARACTERS = 300;
    private static final int MAX_DOUBLINGS = 20;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http;
    private final RegistryConfig config;
    private final List<URI> urls;

    /** Index of the address that answered last. A race between threads costs no more than a wasted try. */
    private volatile int current;

    RegistryTransport(RegistryConfig config) {
        this.config = config;
        this.urls = config.urls();
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.connectTimeout());
        SSLContext tls = RegistryTls.context(config);
        if (tls != null) {
            builder.sslContext(tls);
        }
        if (!config.proxyHost().isEmpty()) {
            builder.proxy(ProxySelector.of(new InetSocketAddress(config.proxyHost(), config.proxyPort())));
        }
        this.http = builder.build();
        requireUsableHeaders();
    }

    /** Finds a header that cannot be sent now, at start-up, rather than at the first record. */
    private void requireUsableHeaders() {
        try {
            request(urls.get(0), "GET", "subjects", null);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    RegistryConfig.REQUEST_HEADER_PREFIX + "* or a credential holds what cannot be sent as a header");
        }
    }

    ObjectMapper json() {
        return json;
    }

    /**
     * The registry's answer to a request.
     *
     * @param path relative to the registry's address, encoded
     * @throws RegistryUnavailableException if no address answered, after all retries
     * @throws RegistryRefusedException if the registry said no
     * @throws InterruptException if this thread was interrupted
     */
    JsonNode send(String method, String path, @Nullable JsonNode body) {
        int tries = 1 + config.getInt(RegistryConfig.MAX_RETRIES);
        String failure = "";
        Exception cause = null;
        for (int attempt = 0; attempt < tries; attempt++) {
            if (attempt > 0) {
                backOff(attempt);
            }
            int start = current;
            for (int i = 0; i < urls.size(); i++) {
                int index = (start + i) % urls.size();
                try {
                    HttpResponse<byte[]> response = exchange(request(urls.get(index), method, path, body));
                    if (!isRetriable(response.statusCode())) {
                        current = index;
                        return answer(response);
                    }
                    cause = null;
                    failure = urls.get(index) + " answered HTTP " + response.statusCode();
                } catch (IOException e) {
                    cause = e;
                    failure = urls.get(index) + " failed: " + e.getClass().getSimpleName() + messageOf(e);
                } catch (InterruptedException e) {
                    throw new InterruptException(e);
                }
                LOG.debug("schema registry: {} {}: {}", method, path, failure);
            }
        }
        throw new RegistryUnavailableException(
                "The schema registry did not answer " + method + " /" + path + " in " + tries + " tries; last, "
                        + failure + ". Check " + RegistryConfig.URL + " and that the registry is up.",
                cause);
    }

    /** That the server has closed a connection that was kept open shows only when it is used again: not a try of its own. */
    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (ConnectException | HttpTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return http.send(request, BodyHandlers.ofByteArray());
        }
    }

    private HttpRequest request(URI base, String method, String path, @Nullable JsonNode body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(base.resolve(path))
                .timeout(config.readTimeout())
                .header("Accept", MEDIA_TYPE + ", application/json");
        config.headers().forEach(builder::setHeader);
        if (body == null) {
            return builder.method(method, BodyPublishers.noBody()).build();
        }
        return builder.header("Content-Type", MEDIA_TYPE)
                .method(method, BodyPublishers.ofString(body.toString()))
                .build();
    }

    private static boolean isRetriable(int status) {
        return status >= 500 || status == 408 || status == 429;
    }

    private JsonNode answer(HttpResponse<byte[]> response) {
        boolean success = response.statusCode() / 100 == 2;
        JsonNode body;
        try {
            body = json.readTree(response.body());
        } catch (JsonProcessingException e) {
            body = json.missingNode();
        } catch (IOException e) {
            throw new IllegalStateException("reading an array cannot fail", e);
        }
        if (success && !body.isMissingNode()) {
            return body;
        }
        String message =
                success ? "the answer is not JSON" : body.path("message").asText("no message");
        throw new RegistryRefusedException(
                response.request().method() + " " + response.uri() + " was refused with HTTP " + response.statusCode()
                        + ": " + brief(message) + advice(response.statusCode()),
                response.statusCode(),
                body.path("error_code").asInt(0));
    }

    private static String advice(int status) {
        return switch (status) {
            case 401, 403 ->
                ". Check " + RegistryConfig.BASIC_AUTH_SOURCE + ", " + RegistryConfig.BASIC_AUTH_USER_INFO + " or "
                        + RegistryConfig.BEARER_AUTH_TOKEN + ", and what that account may do.";
            case 409 -> ". The schema breaks the subject's compatibility: change the schema, or the subject's level.";
            default -> "";
        };
    }

    /** Doubles with each attempt; the random half keeps a fleet from asking in step. */
    private void backOff(int attempt) {
        long first = config.getInt(RegistryConfig.RETRY_WAIT_MS);
        long wait = Math.min(
                config.getInt(RegistryConfig.RETRY_MAX_WAIT_MS), first << Math.min(MAX_DOUBLINGS, attempt - 1));
        try {
            Thread.sleep(wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static String messageOf(Exception e) {
        return e.getMessage() == null ? "" : " (" + brief(e.getMessage()) + ")";
    }

    private static String brief(String message) {
        String line = message.replaceAll("\\s+", " ");
        return line.length() <= MAX_MESSAGE_CHARACTERS ? line : line.substring(0, MAX_MESSAGE_CHARACTERS) + "…";
    }
}
