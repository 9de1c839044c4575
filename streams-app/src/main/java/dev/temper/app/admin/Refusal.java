package dev.temper.app.admin;

/**
 * Why nothing stands behind a request for whoever asked.
 *
 * @param status of HTTP
 * @param line for people
 */
record Refusal(int status, String line) {

    /** Programs read JSON, people a line. */
    Answer toAnswer(String path) {
        return path.startsWith("/api/") ? Answer.error(status, line) : Answer.text(status, line);
    }
}
