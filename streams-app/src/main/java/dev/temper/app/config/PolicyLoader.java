package dev.temper.app.config;

import static dev.temper.app.config.ConfigLoader.YAML;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.policy.CategoryRule;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.TenantPolicy;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a policy from a file of its own: the keys of a configuration's {@code policy} section, and {@code tenant} where
 * it is one tenant's. Errors are one line: file, key, what is wrong, what to do.
 */
public final class PolicyLoader {
    private static final String TENANT = "tenant";

    private PolicyLoader() {}

    /** @throws TemperException if the file cannot be read, or is no policy */
    public static Policy load(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read the policy " + file + " (" + e.getClass().getSimpleName()
                            + "); check the path, and that it is UTF-8",
                    e);
        }
    }

    /**
     * Reads a text.
     *
     * @param name what errors call it
     */
    public static Policy parse(String name, String text) {
        try {
            JsonNode given = YAML.readTree(text);
            if (!(given instanceof ObjectNode policy)) {
                throw new TemperException(name + ": must hold a policy's keys, such as default_rule and categories; see"
                        + " docs/policies.md");
            }
            boolean tenants = policy.has(TENANT);
            Class<? extends Policy> type = tenants ? TenantPolicy.class : FlagPolicy.class;
            ObjectNode tree = tenants ? tenantDefaults(policy) : ConfigLoader.policyDefaults();
            ConfigLoader.merge(name, "", tree, policy);
            return YAML.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new TemperException(name + ConfigLoader.explain(e), e);
        }
    }

    /** Nothing, but for parts of which the file has some: what a tenant's policy leaves out is everyone's. */
    private static ObjectNode tenantDefaults(ObjectNode given) {
        ObjectNode tree = YAML.createObjectNode();
        tree.put(TENANT, "");
        tree.put("version", "");
        tree.putObject("categories");
        tree.putObject("blocklists");
        if (given.has("default_rule")) {
            tree.set("default_rule", YAML.valueToTree(CategoryRule.DEFAULT));
        }
        if (given.has("rewrite")) {
            tree.set("rewrite", YAML.valueToTree(RewriteRule.DEFAULT));
        }
        return tree;
    }
}
