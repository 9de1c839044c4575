package dev.temper.runtime.decode;

import java.util.List;

/** {@link DecodingParameters} rule by rule, from other parameters on ({@link DecodingParameters#with()}). */
public final class DecodingParametersBuilder {
    private int maxNewTokens;
    private double temperature;
    private int topK;
    private double topP;
    private double repetitionPenalty;
    private List<String> stopStrings;
    private int minNewTokens;
    private double minP;
    private double typicalP;
    private double epsilonCutoff;
    private double presencePenalty;
    private double frequencyPenalty;
    private int noRepeatNgramSize;
    private List<String> badWords;

    DecodingParametersBuilder(DecodingParameters start) {
        maxNewTokens = start.maxNewTokens();
        temperature = start.temperature();
        topK = start.topK();
        topP = start.topP();
        repetitionPenalty = start.repetitionPenalty();
        stopStrings = start.stopStrings();
        minNewTokens = start.minNewTokens();
        minP = start.minP();
        typicalP = start.typicalP();
        epsilonCutoff = start.epsilonCutoff();
        presencePenalty = start.presencePenalty();
        frequencyPenalty = start.frequencyPenalty();
        noRepeatNgramSize = start.noRepeatNgramSize();
        badWords = start.badWords();
    }

    public DecodingParametersBuilder maxNewTokens(int value) {
        maxNewTokens = value;
        return this;
    }

    public DecodingParametersBuilder temperature(double value) {
        temperature = value;
        return this;
    }

    public DecodingParametersBuilder topK(int value) {
        topK = value;
        return this;
    }

    public DecodingParametersBuilder topP(double value) {
        topP = value;
        return this;
    }

    public DecodingParametersBuilder repetitionPenalty(double value) {
        repetitionPenalty = value;
        return this;
    }

    public DecodingParametersBuilder stopStrings(List<String> value) {
        stopStrings = value;
        return this;
    }

    public DecodingParametersBuilder minNewTokens(int value) {
        minNewTokens = value;
        return this;
    }

    public DecodingParametersBuilder minP(double value) {
        minP = value;
        return this;
    }

    public DecodingParametersBuilder typicalP(double value) {
        typicalP = value;
        return this;
    }

    public DecodingParametersBuilder epsilonCutoff(double value) {
        epsilonCutoff = value;
        return this;
    }

    public DecodingParametersBuilder presencePenalty(double value) {
        presencePenalty = value;
        return this;
    }

    public DecodingParametersBuilder frequencyPenalty(double value) {
        frequencyPenalty = value;
        return this;
    }

    public DecodingParametersBuilder noRepeatNgramSize(int value) {
        noRepeatNgramSize = value;
        return this;
    }

    public DecodingParametersBuilder badWords(List<String> value) {
        badWords = value;
        return this;
    }

    /** @throws IllegalArgumentException naming the parameter that is out of range */
    public DecodingParameters build() {
        return new DecodingParameters(
                maxNewTokens,
                temperature,
                topK,
                topP,
                repetitionPenalty,
                stopStrings,
                minNewTokens,
                minP,
                typicalP,
                epsilonCutoff,
                presencePenalty,
                frequencyPenalty,
                noRepeatNgramSize,
                badWords);
    }
}
