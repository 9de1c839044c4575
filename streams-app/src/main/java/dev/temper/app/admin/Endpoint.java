package dev.temper.app.admin;

/** What stands behind a path. Called from several threads at once. */
@FunctionalInterface
public interface Endpoint {

    /** Answers; on the server's quick threads it must not wait for anything outside this process. */
    Reply answer(Request request);
}
