package dev.temper.sandbox.registry;

/** A refusal that a client gets: HTTP status, and the error code of the Confluent API. Only this package sees it. */
final class RegistryError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final int code;

    RegistryError(int status, int code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }

    static RegistryError subjectNotFound(String subject) {
        return new RegistryError(404, 40401, "Subject '" + subject + "' not found.");
    }

    static RegistryError versionNotFound(String version) {
        return new RegistryError(404, 40402, "Version " + version + " not found.");
    }

    static RegistryError schemaNotFound(String id) {
        return new RegistryError(404, 40403, id.isEmpty() ? "Schema not found" : "Schema " + id + " not found");
    }

    static RegistryError compatibilityNotConfigured(String subject) {
        return new RegistryError(
                404, 40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryError modeNotConfigured(String subject) {
        return new RegistryError(404, 40409, "Subject '" + subject + "' does not have subject-level mode configured");
    }

    static RegistryError incompatible(String subject, String details) {
        return new RegistryError(
                409,
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"" + subject
                        + "\", details: " + details);
    }

    static RegistryError invalidSchema(String why) {
        return new RegistryError(422, 42201, "Invalid schema: " + why);
    }

    static RegistryError invalidVersion(String version) {
        return new RegistryError(
                422,
                42202,
                "The specified version '" + version + "' is not a valid version id. Allowed values are between "
                        + "[1, 2^31-1] and the string \"latest\"");
    }

    static RegistryError invalidCompatibility() {
        return new RegistryError(
                422,
                42203,
                "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, "
                        + "forward_transitive, and full_transitive");
    }

    static RegistryError invalidMode() {
        return new RegistryError(422, 42204, "Invalid mode. Valid values of this registry are READWRITE and READONLY");
    }

    static RegistryError readOnly(String subject) {
        return new RegistryError(422, 42205, "Subject " + subject + " is in read-only mode");
    }

    static RegistryError noSuchResource() {
        return new RegistryError(404, 404, "HTTP 404 Not Found");
    }

    static RegistryError notJson() {
        return new RegistryError(400, 400, "The request's body is not a JSON object");
    }

    static RegistryError tooLarge(int maxBytes) {
        return new RegistryError(413, 413, "The request's body is larger than " + maxBytes + " bytes");
    }
}
