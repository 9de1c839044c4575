package dev.temper.app.moderation.query;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.apache.kafka.streams.state.HostInfo;

/**
 * Where an instance's admin server is reached by the others.
 *
 * @param scheme http or https; all instances' is the same, since they tell each other only host and port
 */
public record Address(String scheme, String host, int port) {

    /**
     * This instance's.
     *
     * @param advertised as the configuration says; empty, the server's own
     * @param server where the admin server listens
     */
    public static Address of(String advertised, String server) {
        URI at = URI.create(advertised.isEmpty() ? server : advertised);
        String host = at.getHost();
        return new Address(at.getScheme(), advertised.isEmpty() ? reachable(host) : host, at.getPort());
    }

    /** Who asks 0.0.0.0 asks himself. */
    private static String reachable(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress()
                    ? bracketed(InetAddress.getLocalHost().getHostAddress())
                    : host;
        } catch (UnknownHostException e) {
            return host;
        }
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host.replaceFirst("%.*", "") + "]" : host;
    }

    /** Another instance's, as Kafka Streams tells of it. */
    Address of(HostInfo info) {
        return new Address(scheme, bracketed(info.host()), info.port());
    }

    /** For {@code application.server}. */
    public String hostAndPort() {
        return host + ":" + port;
    }

    String url() {
        return scheme + "://" + hostAndPort();
    }
}
