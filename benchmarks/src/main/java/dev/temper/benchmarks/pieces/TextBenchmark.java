package dev.temper.benchmarks.pieces;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.EncodedPrompt;
import dev.temper.runtime.text.Prompt;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.StreamingDetokenizer;
import dev.temper.runtime.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A prompt's way to tokens and an answer's way back, on the shipped model's tokenizer and template. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TextBenchmark {
    private static final int CONTEXT = 1024;

    private final Prompt conversation = new Prompt.Chat(List.of(
            new ChatMessage(ChatMessage.Role.USER, "What shall we cook tonight? There are leeks and potatoes."),
            new ChatMessage(ChatMessage.Role.ASSISTANT, "A soup, then: it takes half an hour and one pot."),
            new ChatMessage(ChatMessage.Role.USER, "Tell me how, step by step, please.")));

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private Tokenizer tokenizer;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private PromptEncoder prompts;

    @SuppressWarnings("NullAway.Init") // JMH calls setUp
    private int[] answer;

    @Setup
    public void setUp() {
        Path model = Path.of(System.getenv().getOrDefault("TEMPER_HOME", ".."), "models", "chat-base");
        tokenizer = Tokenizer.load(model);
        prompts = PromptEncoder.load(model, tokenizer);
        answer = tokenizer.encode(
                "Wash the leeks, cut them into rings and fry them gently in butter; ".repeat(3), false);
    }

    /** Renders the chat template and cuts the text into tokens. */
    @Benchmark
    public int[] encodeConversation() {
        if (prompts.encode(conversation, CONTEXT) instanceof EncodedPrompt.Fitting fitting) {
            return fitting.ids();
        }
        throw new TemperException("the conversation does not fit");
    }

    /** Turns about 50 tokens into text one by one, as they are when they come from the model. */
    @Benchmark
    public String detokenizeAnswer() {
        StreamingDetokenizer detokenizer = new StreamingDetokenizer(tokenizer, true);
        StringBuilder text = new StringBuilder();
        for (int token : answer) {
            text.append(detokenizer.accept(token));
        }
        return text.append(detokenizer.finish()).toString();
    }

    @TearDown
    public void tearDown() {
        tokenizer.close();
    }
}
