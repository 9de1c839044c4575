package dev.temper.app.topology;

import dev.temper.app.config.SidecarConfig;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import dev.temper.schemas.event.GuidanceMode;
import dev.temper.schemas.event.RequestedParameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The service's parameters, and what a prompt may ask for instead.
 *
 * @param modelId the model that answers
 * @param maxNewTokens most tokens that a prompt may ask for
 * @param subspaces the subspaces that the engine has, with the strengths that hold where a prompt does not say
 */
record RequestDefaults(
        String modelId,
        int maxNewTokens,
        DecodingParameters decoding,
        GuidanceParameters subspaces,
        PromptOverflow overflow) {

    private static final int SHOWN_CHARACTERS = 64;

    /** What the configuration says, for the subspaces that the engine really has. */
    static RequestDefaults of(SidecarConfig config, GenerationEngine.Identity engine) {
        GuidanceParameters configured = config.engine().guidance();
        Map<String, Double> betas = new LinkedHashMap<>();
        engine.subspaceHashes().keySet().stream()
                .sorted()
                .forEach(name -> betas.put(name, configured.betas().getOrDefault(name, 0.0)));
        return new RequestDefaults(
                engine.modelId(),
                config.limits().maxNewTokens(),
                config.engine().decoding(),
                new GuidanceParameters(betas, configured.mode(), configured.maxCandidates()),
                config.engine().promptOverflow());
    }

    /** @throws IllegalArgumentException naming the parameter that is out of range */
    DecodingParameters decoding(@Nullable RequestedParameters asked) {
        if (asked == null) {
            return decoding;
        }
        if (asked.getModel() != null && !asked.getModel().equals(modelId)) {
            throw new IllegalArgumentException(
                    "the model '" + shown(asked.getModel()) + "' is not run here; ask for " + modelId + " or for none");
        }
        int tokens = or(asked.getMaxNewTokens(), decoding.maxNewTokens());
        if (asked.getMaxNewTokens() != null && tokens > maxNewTokens) {
            throw new IllegalArgumentException("max_new_tokens must be at most " + maxNewTokens + ", not " + tokens);
        }
        return decoding.with()
                .maxNewTokens(tokens)
                .temperature(or(asked.getTemperature(), decoding.temperature()))
                .topK(or(asked.getTopK(), decoding.topK()))
                .topP(or(asked.getTopP(), decoding.topP()))
                .repetitionPenalty(or(asked.getRepetitionPenalty(), decoding.repetitionPenalty()))
                .stopStrings(or(asked.getStopStrings(), decoding.stopStrings()))
                .minNewTokens(or(asked.getMinNewTokens(), decoding.minNewTokens()))
                .minP(or(asked.getMinP(), decoding.minP()))
                .typicalP(or(asked.getTypicalP(), decoding.typicalP()))
                .epsilonCutoff(or(asked.getEpsilonCutoff(), decoding.epsilonCutoff()))
                .presencePenalty(or(asked.getPresencePenalty(), decoding.presencePenalty()))
                .frequencyPenalty(or(asked.getFrequencyPenalty(), decoding.frequencyPenalty()))
                .noRepeatNgramSize(or(asked.getNoRepeatNgramSize(), decoding.noRepeatNgramSize()))
                .badWords(badWords(or(asked.getBadWords(), List.of())))
                .build();
    }

    /** What the service does not let be written holds for every prompt. */
    private List<String> badWords(List<String> asked) {
        return Stream.concat(decoding.badWords().stream(), asked.stream())
                .distinct()
                .toList();
    }

    /** @throws IllegalArgumentException naming the parameter that is out of range, or the unknown subspace */
    GuidanceParameters guidance(@Nullable RequestedParameters asked) {
        if (asked == null) {
            return subspaces;
        }
        Map<String, Double> betas = new LinkedHashMap<>(subspaces.betas());
        Double everywhere = asked.getBeta();
        if (everywhere != null) {
            if (betas.isEmpty() && everywhere > 0) {
                throw new IllegalArgumentException("beta is " + everywhere + ", but this service has no subspace");
            }
            // Checked here too: without a subspace nothing else would look at it.
            if (!(everywhere >= 0) || everywhere.isInfinite()) {
                throw new IllegalArgumentException("beta must be a finite number of at least 0, not " + everywhere);
            }
            betas.replaceAll((name, beta) -> everywhere);
        }
        if (asked.getBetas() != null) {
            asked.getBetas().forEach((name, beta) -> {
                if (betas.replace(name, beta) == null) {
                    throw new IllegalArgumentException("there is no subspace '" + shown(name) + "' here; there are "
                            + subspaces.betas().keySet());
                }
            });
        }
        return new GuidanceParameters(
                betas, mode(asked.getGuidanceMode()), or(asked.getMaxCandidates(), subspaces.maxCandidates()));
    }

    private GuidanceParameters.Mode mode(@Nullable GuidanceMode asked) {
        if (asked == null) {
            return subspaces.mode();
        }
        return switch (asked) {
            case RAW -> GuidanceParameters.Mode.RAW;
            case SOFTMAX -> GuidanceParameters.Mode.SOFTMAX;
            case UNKNOWN -> throw new IllegalArgumentException("guidance_mode is unknown; use RAW or SOFTMAX");
        };
    }

    private static <T> T or(@Nullable T asked, T otherwise) {
        return asked == null ? otherwise : asked;
    }

    private static String shown(String name) {
        return name.length() <= SHOWN_CHARACTERS ? name : name.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
