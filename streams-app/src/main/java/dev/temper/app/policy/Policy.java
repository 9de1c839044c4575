package dev.temper.app.policy;

import java.util.Map;

/** A policy as it is written and published: for everyone, or for one tenant on top of that. */
public sealed interface Policy permits FlagPolicy, TenantPolicy {
    /** Most blocklists of one policy. */
    int MAX_BLOCKLISTS = 64;

    /** What stands between the two versions where a tenant's policy judged on top of everyone's. */
    String JOINT = "+";

    /** Named on every event that this policy judged. */
    String version();

    /** Rules by category name, as the scorer publishes it. */
    Map<String, CategoryRule> categories();

    /** Blocklists by name. */
    Map<String, Blocklist> blocklists();
}
