package dev.temper.app.moderation;

import dev.temper.app.admin.Answer;
import dev.temper.app.admin.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The page's files, from the class path. They hold no data, so everyone may have them; a browser may keep them, and asks
 * each time whether they have changed. Thread-safe.
 */
final class Assets {
    static final String PATH = "/moderation/";

    private static final String FIRST = "index.html";
    private static final Pattern NAME = Pattern.compile("([a-z0-9][a-z0-9-]*/)*[a-z0-9][a-z0-9-]*\\.([a-z0-9]+)");

    /** What may be served; nothing else that lies there is. */
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "png", "image/png",
            "svg", "image/svg+xml",
            "woff2", "font/woff2");

    /** Scripts and styles from here, no other; talks to here, no other; is framed by nobody; no text becomes HTML or script. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Asset(String type, byte[] bytes, String tag) {}

    private final Map<String, Asset> known = new ConcurrentHashMap<>();

    Answer answer(Request request) {
        String name = request.path().substring(PATH.length());
        Asset asset = asset(name.isEmpty() ? FIRST : name);
        if (asset == null) {
            return Answer.text(404, "the page has no such file; it begins at " + PATH);
        }
        boolean has = request.header("If-None-Match").equals(asset.tag());
        return new Answer(has ? 304 : 200, asset.type(), asset.bytes())
                .with("Content-Security-Policy", POLICY)
                .with("Cache-Control", "no-cache")
                .with("ETag", asset.tag());
    }

    private @Nullable Asset asset(String name) {
        return known.computeIfAbsent(name, Assets::read);
    }

    private static @Nullable Asset read(String name) {
        var parts = NAME.matcher(name);
        String type = parts.matches() ? TYPES.get(parts.group(2)) : null;
        if (type == null) {
            return null;
        }
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            return new Asset(type, bytes, tag(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
