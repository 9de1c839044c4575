package dev.temper.app.policies;

import dev.temper.app.policy.Action;
import dev.temper.app.policy.Blocklist;
import dev.temper.app.policy.CategoryRule;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Phrases;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.TenantPolicy;
import dev.temper.schemas.event.PolicyBlocklist;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PolicyRewrite;
import dev.temper.schemas.event.PolicyRule;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Policies as events and back. */
public final class PolicyEvents {
    private static final char SLASH = '/';

    private PolicyEvents() {}

    /** The record's key: one for each version, so that compaction removes none for the sake of another. */
    public static String key(Policy policy) {
        return tenant(policy) + SLASH + policy.version();
    }

    /** Whose answers a policy judges; empty for everyone's. */
    static String tenant(Policy policy) {
        return policy instanceof TenantPolicy own ? own.tenant() : "";
    }

    static PolicyEvent event(Policy policy, Instant publishedAt) {
        PolicyEvent.Builder event =
                PolicyEvent.newBuilder().setVersion(policy.version()).setPublishedAt(publishedAt);
        if (policy instanceof FlagPolicy everyones) {
            event.setRefusal(everyones.refusal())
                    .setDefaultRule(rule(everyones.defaultRule()))
                    .setCategories(mapped(everyones.categories(), PolicyEvents::rule))
                    .setBlocklists(mapped(everyones.blocklists(), PolicyEvents::blocklist))
                    .setRewrite(rewrite(everyones.rewrite()));
        } else if (policy instanceof TenantPolicy own) {
            event.setTenant(own.tenant())
                    .setRefusal(own.refusal())
                    .setDefaultRule(own.defaultRule() == null ? null : rule(own.defaultRule()))
                    .setCategories(mapped(own.categories(), PolicyEvents::rule))
                    .setBlocklists(mapped(own.blocklists(), PolicyEvents::blocklist))
                    .setRewrite(own.rewrite() == null ? null : rewrite(own.rewrite()));
        }
        return event.build();
    }

    /** @throws IllegalArgumentException if it says what no policy may; the message holds no phrase */
    static Policy policy(PolicyEvent event) {
        if (event.getVersion().isBlank() || event.getVersion().contains(Policy.JOINT)) {
            throw new IllegalArgumentException(
                    "version must be 1 to 64 letters, digits, dots, underscores and hyphens");
        }
        String refusal = event.getRefusal();
        CategoryRule defaultRule = event.getDefaultRule() == null ? null : rule("default_rule", event.getDefaultRule());
        Map<String, CategoryRule> categories = new LinkedHashMap<>();
        event.getCategories().forEach((name, rule) -> categories.put(name, rule("category " + name, rule)));
        Map<String, Blocklist> blocklists = new LinkedHashMap<>();
        event.getBlocklists().forEach((name, list) -> blocklists.put(name, blocklist("blocklist " + name, list)));
        RewriteRule rewrite = event.getRewrite() == null ? null : rewrite(event.getRewrite());
        if (event.getTenant() != null) {
            return new TenantPolicy(
                    event.getTenant(), event.getVersion(), refusal, defaultRule, categories, blocklists, rewrite);
        }
        return new FlagPolicy(
                event.getVersion(),
                or(refusal, FlagPolicy.DEFAULT_REFUSAL),
                or(defaultRule, CategoryRule.DEFAULT),
                categories,
                blocklists,
                or(rewrite, RewriteRule.DEFAULT));
    }

    private static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    private static CategoryRule rule(String place, PolicyRule rule) {
        return placed(place, () -> new CategoryRule(rule.getThreshold(), action(rule.getAction())));
    }

    private static Blocklist blocklist(String place, PolicyBlocklist list) {
        return placed(place, () -> new Blocklist(action(list.getAction()), new Phrases(list.getPhrases())));
    }

    private static RewriteRule rewrite(PolicyRewrite rewrite) {
        return placed(
                "rewrite",
                () -> new RewriteRule(
                        rewrite.getMaxRounds(),
                        rewrite.getBetaFactor(),
                        rewrite.getFirstBeta(),
                        rewrite.getMaxBeta(),
                        action(rewrite.getFallback())));
    }

    private static <T> T placed(String place, java.util.function.Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static PolicyRule rule(CategoryRule rule) {
        return new PolicyRule(rule.threshold(), action(rule.action()));
    }

    private static PolicyBlocklist blocklist(Blocklist list) {
        return new PolicyBlocklist(action(list.action()), list.phrases().asWritten());
    }

    private static PolicyRewrite rewrite(RewriteRule rule) {
        return new PolicyRewrite(
                rule.maxRounds(), rule.betaFactor(), rule.firstBeta(), rule.maxBeta(), action(rule.fallback()));
    }

    private static <A, B> Map<String, B> mapped(Map<String, A> from, Function<A, B> mapping) {
        Map<String, B> mapped = new LinkedHashMap<>();
        from.forEach((name, value) -> mapped.put(name, mapping.apply(value)));
        return mapped;
    }

    private static Action action(dev.temper.schemas.event.Action action) {
        return switch (action) {
            case ALLOW -> Action.ALLOW;
            case AUDIT -> Action.AUDIT;
            case REWRITE -> Action.REWRITE;
            case BLOCK -> Action.BLOCK;
            case UNKNOWN ->
                throw new IllegalArgumentException("the action is unknown; use ALLOW, AUDIT, REWRITE or BLOCK");
        };
    }

    /** An action as events name it. */
    public static dev.temper.schemas.event.Action action(Action action) {
        return switch (action) {
            case ALLOW -> dev.temper.schemas.event.Action.ALLOW;
            case AUDIT -> dev.temper.schemas.event.Action.AUDIT;
            case REWRITE -> dev.temper.schemas.event.Action.REWRITE;
            case BLOCK -> dev.temper.schemas.event.Action.BLOCK;
        };
    }
}
