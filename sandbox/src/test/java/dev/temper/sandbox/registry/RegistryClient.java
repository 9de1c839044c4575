package dev.temper.sandbox.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** Plain HTTP against the registry: the tests state the wire contract, so they use no client library. */
final class RegistryClient {
    record Answer(int status, JsonNode body) {
        int code() {
            return body.path("error_code").asInt();
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String url;

    RegistryClient(EmbeddedRegistry registry) {
        url = registry.url();
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    Answer put(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return send("PUT", path, json.writeValueAsString(body));
    }

    Answer register(String subject, String schema) throws IOException, InterruptedException {
        return postSchema("/subjects/" + subject + "/versions", schema);
    }

    Answer register(String subject, String schema, Map<String, ?> reference) throws IOException, InterruptedException {
        return send(
                "POST",
                "/subjects/" + subject + "/versions",
                json.writeValueAsString(Map.of("schema", schema, "references", List.of(reference))));
    }

    Answer postSchema(String path, String schema) throws IOException, InterruptedException {
        return send("POST", path, json.writeValueAsString(Map.of("schema", schema)));
    }

    Answer send(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        var response = http.send(request, BodyHandlers.ofString());
        return new Answer(response.statusCode(), json.readTree(response.body()));
    }
}
