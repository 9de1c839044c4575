package dev.temper.app.config;

import java.net.URI;

/**
 * The moderation page on the admin server, and what it remembers.
 *
 * @param enabled whether there is one; nothing is kept for it otherwise
 * @param retentionHours how long numbers and flagged answers are kept for it, from 1 to 8760 (a year): raise it when
 *     reviewers come seldom, lower it where texts must be gone sooner
 * @param maxFlagged most flagged answers that are kept of one partition, the newest, at least 1: a bound on the disk, and
 *     on the time that a search takes
 * @param advertisedUrl where other instances reach this one's admin server, such as {@code http://10.0.0.7:8686}; empty,
 *     the server's own address, or the machine's where that listens on all
 */
public record ModerationConfig(boolean enabled, int retentionHours, int maxFlagged, String advertisedUrl) {

    /** A weekend and the days around it. */
    public static final int DEFAULT_RETENTION_HOURS = 168;

    public static final int DEFAULT_MAX_FLAGGED = 10_000;

    public static final ModerationConfig DEFAULT =
            new ModerationConfig(true, DEFAULT_RETENTION_HOURS, DEFAULT_MAX_FLAGGED, "");

    private static final int MOST_HOURS = 8760;

    public ModerationConfig {
        if (retentionHours < 1 || retentionHours > MOST_HOURS) {
            throw new IllegalArgumentException(
                    "retention_hours must be from 1 to " + MOST_HOURS + ", not " + retentionHours);
        }
        LimitsConfig.atLeast("max_flagged", maxFlagged, 1);
        if (!advertisedUrl.isEmpty() && !isAddress(advertisedUrl)) {
            throw new IllegalArgumentException("advertised_url must be http://HOST:PORT or https://HOST:PORT, not '"
                    + advertisedUrl + "'; leave it empty for the admin server's own address");
        }
    }

    private static boolean isAddress(String url) {
        try {
            URI at = URI.create(url);
            return ("http".equals(at.getScheme()) || "https".equals(at.getScheme()))
                    && at.getHost() != null
                    && at.getPort() > 0
                    && at.getUserInfo() == null
                    && "".equals(at.getRawPath())
                    && at.getRawQuery() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
