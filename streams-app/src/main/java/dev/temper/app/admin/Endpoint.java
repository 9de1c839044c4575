package dev.temper.app.admin;

/** What stands behind a path. Called from several threads at once; must not wait for anything outside this process. */
@FunctionalInterface
public interface Endpoint {

    /** @param accept the request's {@code Accept} header; empty where there is none */
    Answer answer(String accept);
}
