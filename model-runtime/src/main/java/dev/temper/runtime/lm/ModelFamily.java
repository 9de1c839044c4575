package dev.temper.runtime.lm;

import java.util.Set;

/**
 * A family of models: what {@code config.json} calls it, and how its settings are read. Families are found by
 * {@link java.util.ServiceLoader}: an implementation is a public class with a public constructor of no arguments, named in
 * {@code META-INF/services/dev.temper.runtime.lm.ModelFamily}.
 */
interface ModelFamily {

    /** Values of {@code model_type}. */
    Set<String> modelTypes();

    /**
     * The settings of one model, with the reference's defaults for what they leave out.
     *
     * @throws dev.temper.runtime.TemperException naming a setting that is not supported
     * @throws IllegalArgumentException naming a setting whose value makes no sense; the caller adds the file
     */
    ModelConfig read(JsonSettings config);
}
