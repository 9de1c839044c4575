package dev.temper.tests.interop;

import static org.awaitility.Awaitility.await;

import dev.temper.sandbox.Loopback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A registry that nobody here wrote: Apicurio's, by its Confluent-compatible API, in a process of its own, in memory, with
 * and without TLS, behind a password. Its start takes seconds, so one serves all tests of this process.
 */
final class ApicurioRegistry {
    private static final int LEAST_JAVA = 21;
    private static final Path DISTRIBUTION = Interop.FOLDER.resolve("registry");
    private static final String USER_INFO = "temper:correct-horse";
    private static final String STORE_PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static @Nullable ApicurioRegistry shared;

    private final int port;
    private final int tlsPort;
    private final Path certificate;

    private ApicurioRegistry(int port, int tlsPort, Path certificate) {
        this.port = port;
        this.tlsPort = tlsPort;
        this.certificate = certificate;
    }

    /** Why it cannot run here; empty if it can. */
    static Optional<String> missing() {
        if (Jdks.java(LEAST_JAVA).isEmpty()) {
            return Optional.of("Apicurio Registry needs a JDK of version " + LEAST_JAVA + " or later, beside this one");
        }
        return Files.isRegularFile(DISTRIBUTION.resolve("quarkus-run.jar"))
                ? Optional.empty()
                : Optional.of("Apicurio Registry is not in " + DISTRIBUTION + "; " + Interop.PREPARE);
    }

    static synchronized ApicurioRegistry shared() throws Exception {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    private static ApicurioRegistry start() throws Exception {
        Path folder = Files.createTempDirectory("apicurio");
        Path certificate = certificate(folder);
        List<Integer> ports = Loopback.freePorts(3);
        List<String> command = new ArrayList<>(List.of(
                Jdks.java(LEAST_JAVA).orElseThrow().toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        String[] user = USER_INFO.split(":", 2);
        Map.of(
                        "quarkus.http.host",
                        Loopback.HOST,
                        "quarkus.http.port",
                        ports.get(0),
                        "quarkus.http.ssl-port",
                        ports.get(1),
                        "quarkus.http.insecure-requests",
                        "enabled",
                        "quarkus.tls.key-store.p12.path",
                        certificate,
                        "quarkus.tls.key-store.p12.password",
                        STORE_PASSWORD,
                        "quarkus.management.host",
                        Loopback.HOST,
                        "quarkus.management.port",
                        ports.get(2))
                .forEach((key, value) -> command.add("-D" + key + "=" + value));
        Map.of(
                        "quarkus.http.auth.basic",
                        "true",
                        "quarkus.security.users.embedded.plain-text",
                        "true",
                        "quarkus.security.users.embedded.users." + user[0],
                        user[1],
                        "quarkus.security.users.embedded.roles." + user[0],
                        "sr-admin",
                        "apicurio.authn.enabled",
                        "true",
                        "apicurio.authn.mechanism.priority",
                        "basic")
                .forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", "quarkus-run.jar"));
        Path log = folder.resolve("apicurio.log");
        Process process = new ProcessBuilder(command)
                .directory(DISTRIBUTION.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, folder)));
        ApicurioRegistry registry = new ApicurioRegistry(ports.get(0), ports.get(1), certificate);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Apicurio Registry ended:\n" + Files.readString(log));
            }
            return registry.answers();
        });
        return registry;
    }

    private static void end(Process process, Path folder) {
        process.destroyForcibly();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path certificate(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", "registry"));
        command.addAll(List.of("-keyalg", "EC", "-validity", "2", "-dname", "CN=localhost", "-storetype", "PKCS12"));
        command.addAll(List.of("-ext", "san=dns:localhost,ip:" + Loopback.HOST));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", STORE_PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + said);
        }
        return store;
    }

    /** Whether the API answers, be it that a password is wanted. */
    private boolean answers() throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url() + "/subjects")).build();
            return HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode()
                    == 401;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Without TLS. */
    String url() {
        return "http://" + Loopback.HOST + ":" + port + "/apis/ccompat/v7";
    }

    String userInfo() {
        return USER_INFO;
    }

    /** What a serde needs to reach it, by TLS. */
    Map<String, String> settings() {
        return Map.of(
                "schema.registry.url",
                "https://" + Loopback.HOST + ":" + tlsPort + "/apis/ccompat/v7",
                "basic.auth.credentials.source",
                "USER_INFO",
                "basic.auth.user.info",
                USER_INFO,
                "schema.registry.ssl.truststore.location",
                certificate.toString(),
                "schema.registry.ssl.truststore.password",
                STORE_PASSWORD,
                "schema.registry.ssl.truststore.type",
                "PKCS12");
    }
}
