package dev.temper.app.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * The HTTP server for probes and metrics.
 *
 * @param enabled whether there is one
 * @param address what it listens on. Anything but loopback needs {@code token_env}: the metrics tell of the traffic.
 * @param port 0 takes any free one, which the log names
 * @param tokenEnv name of the environment variable that holds the token which all but the probes must bring; empty, none
 *     is asked for
 * @param checkIntervalMs milliseconds between two looks at the cluster and the registry, at least 100: raise it when they
 *     cost the broker too much, lower it when readiness must change sooner
 */
public record AdminConfig(boolean enabled, String address, int port, String tokenEnv, long checkIntervalMs) {

    public static final String DEFAULT_ADDRESS = "127.0.0.1";
    public static final int DEFAULT_PORT = 8686;
    public static final long DEFAULT_CHECK_INTERVAL_MS = 10_000;

    public static final AdminConfig DEFAULT =
            new AdminConfig(true, DEFAULT_ADDRESS, DEFAULT_PORT, "", DEFAULT_CHECK_INTERVAL_MS);

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public AdminConfig {
        if (address.isBlank()) {
            throw new IllegalArgumentException(
                    "address must not be blank; " + DEFAULT_ADDRESS + " is this machine only");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be from 1 to 65535, or 0 for any free one, not " + port);
        }
        if (!tokenEnv.isEmpty() && !VARIABLE.matcher(tokenEnv).matches()) {
            throw new IllegalArgumentException("token_env must be the name of an environment variable, such as"
                    + " TEMPER_ADMIN_TOKEN; never the token itself");
        }
        LimitsConfig.atLeast("check_interval_ms", checkIntervalMs, 100);
        if (enabled && tokenEnv.isEmpty() && !isLoopback(address)) {
            throw new IllegalArgumentException(
                    "address " + address + " can be reached from other machines, so a token is"
                            + " needed; name the environment variable that holds it in admin.token_env, or leave the address out");
        }
    }

    /** Whether only this machine can reach the server. */
    public boolean onLoopback() {
        return isLoopback(address);
    }

    /** Whether the server listens on every address that this machine has. */
    public boolean onAllAddresses() {
        try {
            return InetAddress.getByName(address).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false; // the server says that it cannot listen there
        }
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // the server says that it cannot listen there
        }
    }
}
