package dev.temper.schemas.registry;

import static org.apache.kafka.common.config.ConfigDef.Importance.HIGH;
import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the schema registry, under Confluent's own keys. Some defaults are shorter than Confluent's: a stream
 * thread that waits for the registry does not poll, so (timeouts + waits) × tries × addresses must stay well below
 * {@code max.poll.interval.ms}.
 */
public final class RegistryConfig extends AbstractConfig {

    public static final String PREFIX = "schema.registry.";
    public static final String URL = PREFIX + "url";
    public static final String BASIC_AUTH_SOURCE = "basic.auth.credentials.source";
    public static final String BASIC_AUTH_USER_INFO = "basic.auth.user.info";
    public static final String BASIC_AUTH_USER_INFO_OLD = PREFIX + BASIC_AUTH_USER_INFO;
    public static final String BEARER_AUTH_SOURCE = "bearer.auth.credentials.source";
    public static final String BEARER_AUTH_TOKEN = "bearer.auth.token";
    public static final String CONNECT_TIMEOUT_MS = "http.connect.timeout.ms";
    public static final String READ_TIMEOUT_MS = "http.read.timeout.ms";
    public static final String MAX_RETRIES = "max.retries";
    public static final String RETRY_WAIT_MS = "retries.wait.ms";
    public static final String RETRY_MAX_WAIT_MS = "retries.max.wait.ms";
    public static final String CACHE_SIZE = "max.schemas.per.subject";
    public static final String MISSING_CACHE_SIZE = "missing.cache.size";
    public static final String MISSING_ID_TTL_SECONDS = "missing.id.cache.ttl.sec";
    public static final String LATEST_TTL_SECONDS = "latest.cache.ttl.sec";
    public static final String NORMALIZE = "normalize.schemas";
    public static final String PROXY_HOST = "proxy.host";
    public static final String PROXY_PORT = "proxy.port";
    /** What follows is the name of a header that goes with every request. */
    public static final String REQUEST_HEADER_PREFIX = "request.header.";

    private static final String NONE = "";

    /** Keys, types, ranges, defaults and what they are for; the source of the settings' reference page. */
    public static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    URL,
                    Type.LIST,
                    HIGH,
                    "Addresses of the registry, comma-separated; the next is tried when one fails.")
            .define(BASIC_AUTH_SOURCE, Type.STRING, "URL", MEDIUM, "Where user and password stand: URL or USER_INFO.")
            .define(BASIC_AUTH_USER_INFO, Type.PASSWORD, null, MEDIUM, "user:password, with USER_INFO.")
            .define(BASIC_AUTH_USER_INFO_OLD, Type.PASSWORD, null, LOW, "Older name of " + BASIC_AUTH_USER_INFO + ".")
            .define(BEARER_AUTH_SOURCE, Type.STRING, NONE, MEDIUM, "STATIC_TOKEN for a bearer token; else empty.")
            .define(BEARER_AUTH_TOKEN, Type.PASSWORD, null, MEDIUM, "The token, with STATIC_TOKEN.")
            .define(CONNECT_TIMEOUT_MS, Type.INT, 5_000, atLeast(1), LOW, "Longest wait for a connection.")
            .define(READ_TIMEOUT_MS, Type.INT, 10_000, atLeast(1), LOW, "Longest wait for an answer.")
            .define(MAX_RETRIES, Type.INT, 3, atLeast(0), LOW, "Further tries over all addresses when none answers.")
            .define(RETRY_WAIT_MS, Type.INT, 200, atLeast(0), LOW, "Wait before the first retry; doubles each time.")
            .define(RETRY_MAX_WAIT_MS, Type.INT, 5_000, atLeast(0), LOW, "Longest wait before a retry.")
            .define(CACHE_SIZE, Type.INT, 1_000, atLeast(1), LOW, "Most schemas that are kept.")
            .define(MISSING_CACHE_SIZE, Type.INT, 10_000, atLeast(1), LOW, "Most unknown ids that are kept.")
            .define(
                    MISSING_ID_TTL_SECONDS,
                    Type.LONG,
                    30L,
                    atLeast(0),
                    LOW,
                    "How long an id stays unknown: " + "raise it when poisoned records ask the registry too often.")
            .define(
                    LATEST_TTL_SECONDS,
                    Type.LONG,
                    -1L,
                    atLeast(-1),
                    LOW,
                    "How long a subject's latest schema is kept; " + "-1 for good.")
            .define(NORMALIZE, Type.BOOLEAN, false, LOW, "Let the registry ignore differences of form between schemas.")
            .define(PROXY_HOST, Type.STRING, NONE, LOW, "HTTP proxy before the registry; empty for none.")
            .define(PROXY_PORT, Type.INT, -1, LOW, "The proxy's port.");

    private final List<URI> urls;
    private final Map<String, String> headers;

    /** @throws ConfigException naming the key and the cure */
    public RegistryConfig(Map<String, ?> settings) {
        super(DEFINITION, settings, false);
        urls = RegistryUrls.parse(getList(URL));
        headers = requestHeaders();
        if (!proxyHost().isEmpty() && (proxyPort() < 1 || proxyPort() > 65_535)) {
            throw new ConfigException(PROXY_PORT, proxyPort(), "a port from 1 to 65535 is needed with " + PROXY_HOST);
        }
    }

    /** Addresses without credentials, each ending in a slash. */
    List<URI> urls() {
        return urls;
    }

    /** Fixed headers of every request, authorization included. */
    Map<String, String> headers() {
        return headers;
    }

    Duration connectTimeout() {
        return Duration.ofMillis(getInt(CONNECT_TIMEOUT_MS));
    }

    Duration readTimeout() {
        return Duration.ofMillis(getInt(READ_TIMEOUT_MS));
    }

    String proxyHost() {
        return getString(PROXY_HOST);
    }

    int proxyPort() {
        return getInt(PROXY_PORT);
    }

    private Map<String, String> requestHeaders() {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        originalsWithPrefix(REQUEST_HEADER_PREFIX).forEach((name, value) -> all.put(name, String.valueOf(value)));
        String authorization = authorization();
        if (authorization != null) {
            all.put("Authorization", authorization);
        }
        return all;
    }

    private @Nullable String authorization() {
        String bearer = getString(BEARER_AUTH_SOURCE).trim().toUpperCase(Locale.ROOT);
        Password token = getPassword(BEARER_AUTH_TOKEN);
        if (bearer.equals("STATIC_TOKEN")) {
            if (token == null || token.value().isBlank()) {
                throw new ConfigException(
                        BEARER_AUTH_TOKEN + " is needed with " + BEARER_AUTH_SOURCE + "=STATIC_TOKEN");
            }
            return "Bearer " + token.value().trim();
        }
        if (!bearer.isEmpty()) {
            throw new ConfigException(BEARER_AUTH_SOURCE, bearer, "the built-in client knows STATIC_TOKEN only");
        }
        return basicAuthorization();
    }

    private @Nullable String basicAuthorization() {
        String source = getString(BASIC_AUTH_SOURCE).trim().toUpperCase(Locale.ROOT);
        return switch (source) {
            case "URL" -> RegistryUrls.basicAuthorization(getList(URL));
            case "USER_INFO" -> {
                Password info = getPassword(BASIC_AUTH_USER_INFO);
                info = info == null ? getPassword(BASIC_AUTH_USER_INFO_OLD) : info;
                if (info == null || !info.value().contains(":")) {
                    throw new ConfigException(
                            BASIC_AUTH_USER_INFO + " must be user:password with " + BASIC_AUTH_SOURCE + "=USER_INFO");
                }
                yield RegistryUrls.basic(info.value());
            }
            default ->
                throw new ConfigException(
                        BASIC_AUTH_SOURCE, source, "the built-in client knows URL and USER_INFO only");
        };
    }
}
