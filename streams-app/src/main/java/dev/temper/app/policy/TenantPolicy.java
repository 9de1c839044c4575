package dev.temper.app.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant has otherwise than everyone. Immutable; thread-safe.
 *
 * @param tenant whose answers it judges, 1 to 256 characters without control characters
 * @param version named, after everyone's and a {@value Policy#JOINT}, on every event that it judged; empty, a hash
 * @param refusal absent, everyone's
 * @param defaultRule of categories that neither this policy nor everyone's names; absent, everyone's
 * @param categories rules by category name; the others are everyone's
 * @param blocklists by name; the others are everyone's. One with {@link Action#ALLOW} switches everyone's off.
 * @param rewrite absent, everyone's
 */
public record TenantPolicy(
        String tenant,
        String version,
        @Nullable String refusal,
        @Nullable CategoryRule defaultRule,
        Map<String, CategoryRule> categories,
        Map<String, Blocklist> blocklists,
        @Nullable RewriteRule rewrite)
        implements Policy {

    private static final int MAX_TENANT_CHARACTERS = 256;

    public TenantPolicy {
        if (tenant.isBlank()
                || tenant.length() > MAX_TENANT_CHARACTERS
                || tenant.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "tenant must have 1 to " + MAX_TENANT_CHARACTERS + " characters; leave it out to mean everyone");
        }
        if (refusal != null) {
            PolicyParts.requireRefusal(refusal);
        }
        categories = PolicyParts.categories(categories);
        blocklists = PolicyParts.blocklists(blocklists);
        version = PolicyParts.version(version, tenant, refusal, defaultRule, categories, blocklists, rewrite);
    }
}
