package dev.temper.training.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.decode.DecodingParametersBuilder;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of decoding that go before others; null leaves the other's. Names and meaning are those of {@link
 * DecodingParameters}.
 */
public record DecodingOverride(
        @Nullable Integer maxNewTokens,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double repetitionPenalty,
        @Nullable List<String> stopStrings,
        @Nullable Integer minNewTokens,
        @Nullable Double minP,
        @Nullable Double typicalP,
        @Nullable Double epsilonCutoff,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Integer noRepeatNgramSize) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private static final List<String> USUAL = List.of("max_new_tokens", "temperature", "top_k", "top_p");

    /** Leaves everything. */
    public static final DecodingOverride NONE =
            new DecodingOverride(null, null, null, null, null, null, null, null, null, null, null, null, null);

    public DecodingOverride {
        stopStrings = stopStrings == null ? null : List.copyOf(stopStrings);
    }

    /**
     * These settings, and the other's where this leaves them.
     *
     * @throws IllegalArgumentException if no decoding can have them
     */
    public DecodingParameters over(DecodingParameters other) {
        DecodingParametersBuilder builder = other.with();
        given(maxNewTokens, builder::maxNewTokens);
        given(temperature, builder::temperature);
        given(topK, builder::topK);
        given(topP, builder::topP);
        given(repetitionPenalty, builder::repetitionPenalty);
        given(stopStrings, builder::stopStrings);
        given(minNewTokens, builder::minNewTokens);
        given(minP, builder::minP);
        given(typicalP, builder::typicalP);
        given(epsilonCutoff, builder::epsilonCutoff);
        given(presencePenalty, builder::presencePenalty);
        given(frequencyPenalty, builder::frequencyPenalty);
        given(noRepeatNgramSize, builder::noRepeatNgramSize);
        return builder.build();
    }

    /** Settings of decoding by name: the usual ones, and others that are not off. */
    public static ObjectNode describe(DecodingParameters decoding) {
        ObjectNode all = JSON.valueToTree(decoding);
        ObjectNode off = JSON.valueToTree(DecodingParameters.DEFAULT);
        off.remove(USUAL);
        off.properties().forEach(entry -> {
            if (entry.getValue().equals(all.get(entry.getKey()))) {
                all.remove(entry.getKey());
            }
        });
        return all;
    }

    private static <T> void given(@Nullable T value, Consumer<T> setting) {
        if (value != null) {
            setting.accept(value);
        }
    }

    /** What is given, by name. */
    public ObjectNode toJson() {
        return JSON.valueToTree(this);
    }
}
