package dev.temper.runtime.decode;

import java.util.List;

/**
 * What an engine asks of a decoder: sequences that join, are read, run a token a step, and leave. Used by one thread.
 *
 * <p>Running sequences are known by their place in the lists that go in and come out; {@link #release} moves the last one
 * into the freed place. Those that are being read keep the order in which they joined.
 */
public interface SequenceDecoder extends AutoCloseable {

    /** Sequences that can still join. */
    int freeSlots();

    /** Most tokens, prompt and answer together, of one sequence. */
    int contextLength();

    /**
     * Gives a sequence a slot, last in the order of those that are being read.
     *
     * @param uniform a number in [0, 1), which draws its first token if it is plain
     */
    void join(Admission admission, double uniform);

    /** The same, but all of its prompt is read, whatever the decoder knows of the beginning. */
    default void joinAlone(Admission admission, double uniform) {
        join(admission, uniform);
    }

    /**
     * Reads the next tokens of prompts.
     *
     * @param budget about as many tokens are read, at least 1
     * @return the sequences whose prompts ended: they run from now on, last in the order of the running ones
     */
    List<Joined> read(int budget);

    /**
     * Decides one token of every running sequence.
     *
     * @param uniforms a number in [0, 1) for each
     */
    List<Decision> step(double[] uniforms);

    /** Ends a running sequence; the last one takes its place. */
    void release(int index);

    /** Ends a sequence whose prompt is being read; those behind it move up in the order. */
    void giveUp(int reader);

    /** Ends all sequences. */
    void clear();

    /** Most bytes that keys and values may take. */
    long cacheBytes();

    /** Bytes of them that hold tokens, as of the last call; from any thread. */
    long cacheBytesUsed();

    @Override
    void close();
}
