package dev.temper.sandbox.demo;

import dev.temper.runtime.text.ChatMessage;
import dev.temper.runtime.text.ChatMessage.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The conversation that is typed at the terminal. Each line is a prompt event like all others, with the earlier turns as
 * its messages; the next line is sent when the answer is there, since it belongs to the next prompt.
 */
final class TypedChat {
    /** More than any small model's context holds; the sidecar cuts what does not fit. */
    private static final int MOST_MESSAGES = 64;

    private final String conversation = "typed-" + UUID.randomUUID();
    private final PromptWriter writer;
    private final PrintWriter out;
    private final boolean showWithheld;
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final List<ChatMessage> turns = new ArrayList<>();

    TypedChat(PromptWriter writer, PrintWriter out, boolean showWithheld) {
        this.writer = writer;
        this.out = out;
        this.showWithheld = showWithheld;
    }

    /** Whether an outcome belongs to this conversation. */
    boolean owns(Outcome outcome) {
        return outcome.asked().conversation().equals(conversation);
    }

    /** Brings an outcome of this conversation; called by the follower's thread. */
    void outcome(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** Sends each line and prints its answer, until the input ends. */
    void run(BufferedReader in) throws IOException, InterruptedException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            turns.add(new ChatMessage(Role.USER, line.strip()));
            writer.send("typed-" + UUID.randomUUID(), conversation, List.copyOf(turns));
            writer.flush();
            answered(outcomes.take());
        }
    }

    private void answered(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answer) {
            turns.add(new ChatMessage(Role.ASSISTANT, answer.text()));
            String shown = showWithheld ? answer.withheld().orElse(answer.text()) : answer.text();
            String score = answer.worst()
                    .map(worst -> String.format(Locale.ROOT, "%s %.2f", worst.getKey(), worst.getValue()))
                    .orElse("not scored");
            String flag = answer.flagged() ? (answer.refused() ? ", BLOCKED" : ", FLAGGED") : "";
            say(PrintableText.of(shown) + "  [" + PrintableText.of(score) + flag + "]");
        } else if (outcome instanceof Outcome.Rejected reject) {
            // The turn that got no answer is no part of the conversation.
            turns.remove(turns.size() - 1);
            say("(rejected) " + reject.reason() + ": " + PrintableText.of(reject.detail()));
        }
        while (turns.size() > MOST_MESSAGES) {
            turns.subList(0, 2).clear();
        }
    }

    private void say(String text) {
        out.println("< " + text);
        out.flush();
    }
}
