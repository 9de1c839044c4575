package dev.temper.app.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/**
 * What a request gets back.
 *
 * @param status of HTTP
 * @param contentType with its character set
 * @param body the bytes; written once, then left alone
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Answer(int status, String contentType, byte[] body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A line for people. */
    public static Answer text(int status, String line) {
        return new Answer(status, "text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** An object as JSON. */
    public static Answer json(int status, Object content) {
        try {
            return new Answer(status, "application/json", JSON.writeValueAsBytes(content));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the answer cannot be written as JSON", e);
        }
    }
}
