package dev.temper.app.admin;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a POST may come from another site's page (cross-site request forgery). A browser lets no page send a header of
 * its own, or JSON, to another site without asking that site, and this server allows none; what the browser says of the
 * page's origin is looked at besides.
 */
final class CrossSite {
    /** Its value says nothing; that it is there does. */
    static final String HEADER = "X-Temper-Request";

    private CrossSite() {}

    static Optional<Refusal> refusal(Request request) {
        String type = request.header("Content-Type").toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !type.startsWith("application/json;")) {
            return Optional.of(new Refusal(415, "the body must be JSON; send Content-Type: application/json"));
        }
        if (request.header(HEADER).isEmpty()) {
            return Optional.of(new Refusal(403, "send the header " + HEADER + ": 1, so that no other site's page can"));
        }
        String site = request.header("Sec-Fetch-Site");
        String origin = request.header("Origin");
        boolean foreign = !site.isEmpty() && !site.equals("same-origin") && !site.equals("none");
        if (foreign || !origin.isEmpty() && !authority(origin).equalsIgnoreCase(request.header("Host"))) {
            return Optional.of(
                    new Refusal(403, "another site's page must not send this; open the page of this server"));
        }
        return Optional.empty();
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
