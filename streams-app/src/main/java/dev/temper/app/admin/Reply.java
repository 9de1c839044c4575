package dev.temper.app.admin;

import java.io.IOException;

/** What a request gets back: all at once, or bit by bit. */
public sealed interface Reply permits Answer, Reply.EventStream {

    /**
     * A stream of server-sent events. It has a thread of its own while it lasts, of which there are few.
     *
     * @param writer writes until there is no more to say, or the reader went away
     */
    record EventStream(Writer writer) implements Reply {}

    /** Writes a stream's events. */
    @FunctionalInterface
    interface Writer {
        /**
         * Returns when the stream shall end.
         *
         * @throws IOException when the reader went away
         * @throws InterruptedException when the server stops
         */
        void write(EventSink sink) throws IOException, InterruptedException;
    }
}
