package dev.temper.app.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.temper.app.config.AdminConfig;
import dev.temper.runtime.TemperException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. With a token, whoever brings it; without one the server is on loopback, and a request must name this
 * machine as its host: else a page in a browser here could read the answers under a name that it made to point here (DNS
 * rebinding). Immutable.
 */
final class Guard {
    static final int LEAST_TOKEN_CHARACTERS = 16;

    private static final String SCHEME = "Bearer ";

    private final byte @Nullable [] token;

    private Guard(byte @Nullable [] token) {
        this.token = token;
    }

    /**
     * What the configuration asks for.
     *
     * @param environment an environment variable's value by its name, null where it is not set
     * @throws TemperException if the token is to be in a variable where it is not, or is too short
     */
    static Guard of(AdminConfig config, Function<String, @Nullable String> environment) {
        String variable = config.tokenEnv();
        if (variable.isEmpty()) {
            return new Guard(null);
        }
        String token = environment.apply(variable);
        if (token == null || token.strip().length() < LEAST_TOKEN_CHARACTERS) {
            throw new TemperException("admin.token_env names " + variable + ", which "
                    + (token == null ? "is not set" : "is too short") + "; put a token of at least "
                    + LEAST_TOKEN_CHARACTERS + " characters there, for example from: openssl rand -hex 32");
        }
        return new Guard(token.strip().getBytes(UTF_8));
    }

    /**
     * Why a request is refused; nothing where it may pass.
     *
     * @param host the {@code Host} header, empty where there is none
     * @param authorization the {@code Authorization} header, empty where there is none
     */
    Optional<Refusal> refusal(String host, String authorization) {
        if (token == null) {
            return isThisMachine(host)
                    ? Optional.empty()
                    : Optional.of(new Refusal(403, "ask by the name localhost, or set admin.token_env"));
        }
        boolean known = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                // In constant time, so that nobody learns the token byte by byte.
                && MessageDigest.isEqual(
                        token, authorization.substring(SCHEME.length()).strip().getBytes(UTF_8));
        return known ? Optional.empty() : Optional.of(new Refusal(401, "bring the token: Authorization: Bearer TOKEN"));
    }

    private static boolean isThisMachine(String host) {
        String name = host.replaceFirst(":\\d{1,5}$", "");
        if (name.equalsIgnoreCase("localhost")) {
            return true;
        }
        boolean literal = name.matches("127(\\.\\d{1,3}){3}") || name.matches("\\[[0-9a-fA-F:]+]");
        try {
            return literal && InetAddress.getByName(name).isLoopbackAddress(); // a literal: no name is looked up
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
