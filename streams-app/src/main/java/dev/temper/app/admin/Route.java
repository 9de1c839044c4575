package dev.temper.app.admin;

/**
 * What answers where.
 *
 * @param method GET, which answers HEAD too, or POST
 * @param path what the request's path must be
 * @param below whether all paths that begin so are meant
 * @param open whether everyone may ask: probes and a page without data bring no token
 * @param slow whether the endpoint may take its time, on threads that probes do not need
 */
public record Route(String method, String path, boolean below, boolean open, boolean slow, Endpoint endpoint) {

    /** For whoever may ask. */
    public static Route get(String path, Endpoint endpoint) {
        return new Route("GET", path, false, false, false, endpoint);
    }

    /** For whoever may ask, from a page of this server or a program; its body is JSON. */
    public static Route post(String path, Endpoint endpoint) {
        return new Route("POST", path, false, false, false, endpoint);
    }

    /** The same for every path that begins like this one. */
    public Route andBelow() {
        return new Route(method, path, true, open, slow, endpoint);
    }

    /** The same for everyone. */
    public Route forEveryone() {
        return new Route(method, path, below, true, slow, endpoint);
    }

    /** The same on threads that probes do not need. */
    public Route unhurried() {
        return new Route(method, path, below, open, true, endpoint);
    }

    boolean leadsTo(String asked) {
        return below ? asked.startsWith(path) : asked.equals(path);
    }
}
