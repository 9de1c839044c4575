package dev.temper.app.config;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.EngineSettings;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What answers, on which device, and how when a prompt does not say.
 *
 * @param model folder of the language model; needed wherever an engine is built from this configuration
 * @param scorer folder of the toxicity scorer; absent, answers are not scored and never flagged
 * @param subspaces by name, what guides decoding; none is plain decoding
 * @param guidanceMode what the subspaces' margins are turned into
 * @param maxCandidates most candidates that guidance looks at for one token, at least 2
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param dtype type of the weights on the device; {@code bfloat16} and {@code float16} halve the memory, {@code int8} quarters it on a CPU
 * @param threads threads of one operation on a CPU; 0 is the engine's own choice
 * @param maxBatch most prompts that are answered at once, at least 1. Raise it for throughput; what the cache has no room
 *     for waits.
 * @param contextLength most tokens of a prompt and its answer together, at least 8; a model whose own context is shorter
 *     takes its own. The cache for it is set aside at start: max_batch × context_length tokens. Raise it when long
 *     conversations are truncated or rejected, lower it when device memory runs out.
 * @param cacheBytes most bytes of device memory for that cache; when they hold fewer than max_batch prompts, fewer are
 *     answered at once. 0: what the batch takes, at most half of what is free.
 * @param keepPrefixes whether a fifth of the cache keeps what ended prompts and answers began with, so that the next that
 *     begins alike (a system prompt, a conversation's next turn) is not read again
 * @param prefillTokens most prompt tokens read between two tokens of the running answers, at least 8. Lower it when
 *     answers halt while long prompts are read, raise it when prompts wait too long.
 * @param maxQueue most prompts that wait for a place in the batch, at least 1
 * @param promptOverflow what happens to a prompt that leaves no room in the model's context
 * @param decoding how tokens are chosen where a prompt does not say
 */
public record EngineConfig(
        @Nullable Path model,
        @Nullable Path scorer,
        Map<String, SubspaceConfig> subspaces,
        GuidanceParameters.Mode guidanceMode,
        int maxCandidates,
        String device,
        Dtype dtype,
        int threads,
        int maxBatch,
        int contextLength,
        long cacheBytes,
        boolean keepPrefixes,
        int prefillTokens,
        int maxQueue,
        PromptOverflow promptOverflow,
        DecodingParameters decoding) {

    /** Type of the weights on the device. */
    public enum Dtype {
        FLOAT32,
        BFLOAT16,
        FLOAT16,
        INT8
    }

    public static final String DEFAULT_DEVICE = "cpu";
    public static final int DEFAULT_MAX_BATCH = 8;
    public static final int DEFAULT_CONTEXT_LENGTH = 4096;
    public static final int DEFAULT_MAX_QUEUE = 64;

    private static final int LEAST_CONTEXT_LENGTH = 8;
    private static final int LEAST_PREFILL_TOKENS = 8;

    private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,3})?");

    /** Everything but the model, which has no default. */
    public static final EngineConfig DEFAULT = new EngineConfig(
            null,
            null,
            Map.of(),
            GuidanceParameters.Mode.RAW,
            GuidanceParameters.DEFAULT_MAX_CANDIDATES,
            DEFAULT_DEVICE,
            Dtype.FLOAT32,
            0,
            DEFAULT_MAX_BATCH,
            DEFAULT_CONTEXT_LENGTH,
            EngineSettings.AUTOMATIC,
            true,
            EngineSettings.DEFAULT.prefillTokens(),
            DEFAULT_MAX_QUEUE,
            PromptOverflow.TRUNCATE_LEFT,
            DecodingParameters.DEFAULT);

    public EngineConfig {
        subspaces = Collections.unmodifiableMap(new LinkedHashMap<>(subspaces));
        device = device.toLowerCase(Locale.ROOT);
        if (!DEVICE.matcher(device).matches()) {
            throw new IllegalArgumentException("device must be cpu, cuda or cuda:N, not '" + device + "'");
        }
        atLeast("max_candidates", maxCandidates, 2);
        atLeast("threads", threads, 0);
        atLeast("max_batch", maxBatch, 1);
        atLeast("context_length", contextLength, LEAST_CONTEXT_LENGTH);
        atLeast("cache_bytes", cacheBytes, 0);
        atLeast("prefill_tokens", prefillTokens, LEAST_PREFILL_TOKENS);
        atLeast("max_queue", maxQueue, 1);
    }

    private static void atLeast(String key, long value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(key + " must be at least " + least + ", not " + value);
        }
    }

    /** Guidance where a prompt does not say. */
    public GuidanceParameters guidance() {
        Map<String, Double> betas = new LinkedHashMap<>();
        subspaces.forEach((name, subspace) -> betas.put(name, subspace.beta()));
        return new GuidanceParameters(betas, guidanceMode, maxCandidates);
    }

    /**
     * The model's folder.
     *
     * @throws TemperException if none is configured
     */
    public Path requireModel() {
        if (model == null) {
            throw new TemperException("engine.model is not set; name the folder of the language model");
        }
        return model;
    }

    /** The same with every relative path taken from {@code folder}. */
    EngineConfig resolvedAgainst(Path folder) {
        Map<String, SubspaceConfig> resolved = new LinkedHashMap<>();
        subspaces.forEach((name, subspace) ->
                resolved.put(name, new SubspaceConfig(folder.resolve(subspace.file()), subspace.beta())));
        return new EngineConfig(
                model == null ? null : folder.resolve(model),
                scorer == null ? null : folder.resolve(scorer),
                resolved,
                guidanceMode,
                maxCandidates,
                device,
                dtype,
                threads,
                maxBatch,
                contextLength,
                cacheBytes,
                keepPrefixes,
                prefillTokens,
                maxQueue,
                promptOverflow,
                decoding);
    }
}
