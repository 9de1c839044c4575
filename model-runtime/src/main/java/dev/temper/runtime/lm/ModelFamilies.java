package dev.temper.runtime.lm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** All families on the class path. */
final class ModelFamilies {
    private static final Map<String, ModelFamily> BY_TYPE = find();

    private ModelFamilies() {}

    private static Map<String, ModelFamily> find() {
        Map<String, ModelFamily> found = new LinkedHashMap<>();
        for (ModelFamily family : ServiceLoader.load(ModelFamily.class, ModelFamily.class.getClassLoader())) {
            family.modelTypes().stream().sorted().forEach(type -> {
                if (found.put(type, family) != null) {
                    throw new IllegalStateException("two families are called " + type);
                }
            });
        }
        return Collections.unmodifiableMap(found);
    }

    /** Reads {@code config.json} as the family does that it names. */
    static ModelConfig read(JsonSettings config) {
        String type = config.text("model_type")
                .orElseThrow(() -> config.wrong("model_type", "is missing; it names the family of the model"));
        ModelFamily family = BY_TYPE.get(type);
        if (family == null) {
            throw config.unsupported("model_type", type, String.join(", ", BY_TYPE.keySet()));
        }
        try {
            return family.read(config);
        } catch (IllegalArgumentException e) {
            throw config.wrong(e);
        }
    }
}
