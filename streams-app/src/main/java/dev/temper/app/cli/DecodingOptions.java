package dev.temper.app.cli;

import dev.temper.runtime.decode.DecodingParameters;
import java.util.List;
import picocli.CommandLine.Option;

/** How tokens are chosen; {@code docs/decoding.md} has the order of the rules. */
final class DecodingOptions {
    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "" + DecodingParameters.DEFAULT_MAX_NEW_TOKENS,
            description = "Ends an answer of this many tokens (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--min-new-tokens",
            paramLabel = "N",
            defaultValue = "0",
            description = "Rules out end tokens until there are this many tokens (default: ${DEFAULT-VALUE}).")
    private int minNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            defaultValue = "1",
            description = "0 is greedy (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "0 keeps all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            defaultValue = "0.9",
            description = "In (0, 1]; 1 keeps all (default: ${DEFAULT-VALUE}).")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "X",
            defaultValue = "0",
            description = "Keeps tokens at least X times as likely as the likeliest (default: ${DEFAULT-VALUE}).")
    private double minP;

    @Option(
            names = "--typical-p",
            paramLabel = "X",
            defaultValue = "1",
            description = "Keeps the most typical tokens of this probability; 1 keeps all (default: ${DEFAULT-VALUE}).")
    private double typicalP;

    @Option(
            names = "--epsilon-cutoff",
            paramLabel = "X",
            defaultValue = "0",
            description = "Keeps tokens at least this likely (default: ${DEFAULT-VALUE}).")
    private double epsilonCutoff;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "On tokens that prompt or answer have; 1 is none (default: ${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @Option(
            names = "--presence-penalty",
            paramLabel = "X",
            defaultValue = "0",
            description = "On tokens that the answer has, in [-2, 2] (default: ${DEFAULT-VALUE}).")
    private double presencePenalty;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            defaultValue = "0",
            description =
                    "For each time that a token of the answer was generated, in [-2, 2] (default: ${DEFAULT-VALUE}).")
    private double frequencyPenalty;

    @Option(
            names = "--no-repeat-ngram-size",
            paramLabel = "N",
            defaultValue = "0",
            description = "No run of N tokens comes twice; 0 is off (default: ${DEFAULT-VALUE}).")
    private int noRepeatNgramSize;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends an answer before this text; may be repeated.")
    private List<String> stopStrings = List.of();

    @Option(names = "--bad-word", paramLabel = "TEXT", description = "Is not generated; may be repeated.")
    private List<String> badWords = List.of();

    /** @throws IllegalArgumentException naming the option's parameter that is out of range */
    DecodingParameters parameters() {
        return DecodingParameters.DEFAULT
                .with()
                .maxNewTokens(maxNewTokens)
                .temperature(temperature)
                .topK(topK)
                .topP(topP)
                .repetitionPenalty(repetitionPenalty)
                .stopStrings(stopStrings)
                .minNewTokens(minNewTokens)
                .minP(minP)
                .typicalP(typicalP)
                .epsilonCutoff(epsilonCutoff)
                .presencePenalty(presencePenalty)
                .frequencyPenalty(frequencyPenalty)
                .noRepeatNgramSize(noRepeatNgramSize)
                .badWords(badWords)
                .build();
    }
}
