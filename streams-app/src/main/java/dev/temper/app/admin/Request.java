package dev.temper.app.admin;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is asked.
 *
 * @param method GET also where HEAD was asked
 * @param path decoded
 * @param query the parameters, decoded; of one that is repeated the last
 * @param headers the first of each name, by lower-case name
 * @param body empty but with POST; written once, then left alone
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {

    /** All but the body. */
    static Request of(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        String method = exchange.getRequestMethod().equals("HEAD") ? "GET" : exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        return new Request(
                method,
                path == null ? "" : path,
                parameters(exchange.getRequestURI().getRawQuery()),
                headers,
                new byte[0]);
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                parameters.put(decoded(name), decoded(value));
            }
        }
        return parameters;
    }

    /** The JDK's server has refused what is no URI, so each percent sign is followed by two digits. */
    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    Request withBody(byte[] bytes) {
        return new Request(method, path, query, headers, bytes);
    }

    /** A header; empty where there is none. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** A parameter; empty where there is none. */
    public String parameter(String name) {
        return query.getOrDefault(name, "");
    }

    /** Content is private: neither parameters, headers nor body. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
