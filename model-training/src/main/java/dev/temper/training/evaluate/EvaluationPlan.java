package dev.temper.training.evaluate;

import dev.temper.runtime.decode.DecodingParameters;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code temper evaluate} does: every suite with every system.
 *
 * @param judge folder of the model whose perplexity is measured; named beside every number that it makes
 * @param scorer of toxicity
 * @param seed of sampling, of drawn rows and of intervals
 * @param systems by name, in the order of the tables; the others are compared with the first
 * @param decoding of answers, unless a suite or a system says otherwise
 * @param suites by name, in the order of the tables
 */
public record EvaluationPlan(
        Optional<Path> judge,
        Optional<ScorerPlan> scorer,
        long seed,
        Map<String, SystemPlan> systems,
        DecodingParameters decoding,
        Map<String, SuitePlan> suites) {

    public EvaluationPlan {
        systems = Collections.unmodifiableMap(new LinkedHashMap<>(systems));
        suites = Collections.unmodifiableMap(new LinkedHashMap<>(suites));
        if (systems.isEmpty()) {
            throw new IllegalArgumentException("systems must name at least one system");
        }
        if (suites.isEmpty()) {
            throw new IllegalArgumentException("suites must name at least one suite");
        }
        FileNames.requireDistinct("systems", systems.keySet());
        FileNames.requireDistinct("suites", suites.keySet());
    }
}
