package dev.temper.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.config.FineTuneRecipe.AuxiliaryRecipe;
import dev.temper.app.config.FineTuneRecipe.DomainRecipe;
import dev.temper.app.config.FineTuneRecipe.FineTuneStepsRecipe;
import dev.temper.app.config.FineTuneRecipe.PromptsRecipe;
import dev.temper.app.config.FineTuneRecipe.SamplesRecipe;
import dev.temper.runtime.TemperException;
import dev.temper.training.decoder.LoraSettings;
import dev.temper.training.regularise.ReinforceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a fine-tuning recipe, with the same strictness and the same errors as the configuration. */
public final class RecipeLoader {
    private RecipeLoader() {}

    /**
     * Reads a file. Relative paths in it are taken from its folder.
     *
     * @throws TemperException if the file cannot be read, or says what it must not
     */
    public static FineTuneRecipe load(Path file) {
        try {
            Path folder = file.toAbsolutePath().normalize().getParent();
            return parse(file.toString(), Files.readString(file), folder == null ? Path.of("") : folder);
        } catch (IOException e) {
            throw new TemperException(
                    "cannot read the recipe " + file + " (" + e.getClass().getSimpleName()
                            + "); check the path, and that it is UTF-8",
                    e);
        }
    }

    /** @param name what errors call it */
    static FineTuneRecipe parse(String name, String text, Path folder) {
        try {
            JsonNode given = ConfigLoader.YAML.readTree(text);
            if (!(given instanceof ObjectNode recipe) || !recipe.hasNonNull("base")) {
                throw new TemperException(
                        name + ": must name the base model and the domains to learn from; see docs/fine-tuning.md");
            }
            ObjectNode tree = defaults();
            for (String domain : names(recipe.path("domains"))) {
                ((ObjectNode) tree.get("domains")).set(domain, ConfigLoader.YAML.valueToTree(DomainRecipe.DEFAULT));
            }
            if (recipe.path("fine_tune").path("lora").isObject()) { // absent = all weights are trained
                ((ObjectNode) tree.get("fine_tune")).set("lora", ConfigLoader.YAML.valueToTree(LoraSettings.DEFAULT));
            }
            ConfigLoader.merge(name, "", tree, recipe);
            completeSources(name, tree.path("samples").path("sources"));
            return ConfigLoader.YAML.treeToValue(tree, FineTuneRecipe.class).resolvedAgainst(folder);
        } catch (JsonProcessingException e) {
            throw new TemperException(name + ConfigLoader.explain(e), e);
        } catch (IllegalArgumentException e) {
            throw new TemperException(name + ": " + e.getMessage(), e);
        }
    }

    /** The items of a list have defaults too. */
    private static void completeSources(String name, JsonNode sources) {
        for (int i = 0; i < sources.size(); i++) {
            if (sources instanceof ArrayNode list && list.get(i) instanceof ObjectNode given) {
                ObjectNode whole = ConfigLoader.YAML.valueToTree(PromptsRecipe.DEFAULT);
                ConfigLoader.merge(name, "samples.sources[" + i + "]", whole, given);
                list.set(i, whole);
            }
        }
    }

    private static Iterable<String> names(JsonNode domains) {
        return domains::fieldNames;
    }

    private static ObjectNode defaults() {
        ObjectNode tree = ConfigLoader.YAML.createObjectNode();
        tree.put("algorithm", "sequential");
        tree.put("iterations", 2);
        tree.put("seed", 0);
        tree.put("max_tokens", 128);
        tree.putObject("domains");
        tree.set("samples", ConfigLoader.YAML.valueToTree(SamplesRecipe.DEFAULT));
        tree.set("auxiliary", ConfigLoader.YAML.valueToTree(AuxiliaryRecipe.DEFAULT));
        tree.set("reinforce", ConfigLoader.YAML.valueToTree(ReinforceSettings.DEFAULT));
        tree.set("fine_tune", ConfigLoader.YAML.valueToTree(FineTuneStepsRecipe.DEFAULT));
        return tree;
    }
}
