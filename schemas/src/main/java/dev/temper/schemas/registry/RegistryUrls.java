package dev.temper.schemas.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Reads the registry's addresses. Credentials in them are taken out at once and never shown in a message. */
final class RegistryUrls {

    private RegistryUrls() {}

    /** The addresses without credentials, each ending in a slash, so that paths can be resolved against them. */
    static List<URI> parse(List<String> addresses) {
        List<URI> urls = addresses.stream()
                .map(String::trim)
                .filter(address -> !address.isEmpty())
                .map(RegistryUrls::parse)
                .toList();
        if (urls.isEmpty()) {
            throw new ConfigException(RegistryConfig.URL + " must hold at least one address, as http://host:8081");
        }
        return urls;
    }

    private static URI parse(String address) {
        URI uri = uri(address);
        String scheme = uri.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || uri.getHost() == null) {
            throw new ConfigException(
                    RegistryConfig.URL + " must hold addresses as http://host:8081 or https://host:8081");
        }
        String path = Objects.requireNonNullElse(uri.getPath(), "");
        try {
            return new URI(
                    scheme, null, uri.getHost(), uri.getPort(), path.endsWith("/") ? path : path + "/", null, null);
        } catch (URISyntaxException e) {
            throw new ConfigException(RegistryConfig.URL + " holds an address that cannot be read: " + e.getReason());
        }
    }

    /** The authorization of the first address that holds user and password; null if none does. */
    static @Nullable String basicAuthorization(List<String> addresses) {
        return addresses.stream()
                .map(address -> uri(address.trim()).getUserInfo())
                .filter(Objects::nonNull)
                .findFirst()
                .map(RegistryUrls::basic)
                .orElse(null);
    }

    static String basic(String userInfo) {
        return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8));
    }

    private static URI uri(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            // The exception's own message would quote the address, password included.
            throw new ConfigException(RegistryConfig.URL + " holds an address that cannot be read: " + e.getReason());
        }
    }
}
