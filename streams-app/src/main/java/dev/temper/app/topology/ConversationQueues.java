package dev.temper.app.topology;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All prompts of one task that have no outcome yet, in order. Of each conversation only the oldest may be worked on; the
 * next may when that one has left. One thread.
 */
final class ConversationQueues {
    private final Map<Object, Deque<PendingPrompt>> conversations = new HashMap<>();
    private final Map<Long, PendingPrompt> byOffset = new HashMap<>();
    /** Heads of their conversations that are not with the engine, oldest first. */
    private final TreeMap<Long, PendingPrompt> actionable = new TreeMap<>();

    void add(PendingPrompt prompt) {
        Deque<PendingPrompt> queue =
                conversations.computeIfAbsent(prompt.entry().conversation(), key -> new ArrayDeque<>(1));
        queue.add(prompt);
        byOffset.put(prompt.offset(), prompt);
        if (queue.size() == 1) {
            actionable.put(prompt.offset(), prompt);
        }
    }

    @Nullable
    PendingPrompt find(long offset) {
        return byOffset.get(offset);
    }

    /** The oldest prompt after this offset that may be worked on. */
    @Nullable
    PendingPrompt nextAfter(long offset) {
        Map.Entry<Long, PendingPrompt> next = actionable.higherEntry(offset);
        return next == null ? null : next.getValue();
    }

    /** The engine has it. */
    void handedOver(PendingPrompt prompt) {
        actionable.remove(prompt.offset());
    }

    /** The engine gave it back. */
    void returned(PendingPrompt prompt) {
        actionable.put(prompt.offset(), prompt);
    }

    /** Its outcome was forwarded: its successor, which has a higher offset, may be worked on. */
    void remove(PendingPrompt prompt) {
        Object conversation = prompt.entry().conversation();
        Deque<PendingPrompt> queue = conversations.get(conversation);
        if (queue == null || queue.peek() != prompt) {
            throw new IllegalStateException(
                    "the prompt at " + prompt.entry().origin() + " is not its conversation's oldest");
        }
        queue.remove();
        byOffset.remove(prompt.offset());
        actionable.remove(prompt.offset());
        PendingPrompt successor = queue.peek();
        if (successor == null) {
            conversations.remove(conversation);
        } else {
            actionable.put(successor.offset(), successor);
        }
    }

    /** In no order. */
    Collection<PendingPrompt> all() {
        return byOffset.values();
    }

    int size() {
        return byOffset.size();
    }
}
