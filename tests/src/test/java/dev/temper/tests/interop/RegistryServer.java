package dev.temper.tests.interop;

import dev.temper.sandbox.registry.EmbeddedRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The registries that our serdes are tried on. */
enum RegistryServer {
    EMBEDDED {
        @Override
        Optional<String> missing() {
            return Optional.empty();
        }

        @Override
        Reach start(Path folder) {
            EmbeddedRegistry registry = EmbeddedRegistry.start(folder, 0);
            return new Reach(
                    Map.of("schema.registry.url", registry.url()), registry.url(), Optional.empty(), registry::close);
        }
    },
    APICURIO {
        @Override
        Optional<String> missing() {
            return ApicurioRegistry.missing();
        }

        @Override
        Reach start(Path folder) throws Exception {
            ApicurioRegistry registry = ApicurioRegistry.shared();
            return new Reach(registry.settings(), registry.url(), Optional.of(registry.userInfo()), () -> {});
        }
    };

    /**
     * How to reach a registry that runs.
     *
     * @param settings for a serde, by TLS where the registry has it
     * @param url without TLS
     * @param userInfo user:password where one is asked for
     */
    record Reach(Map<String, String> settings, String url, Optional<String> userInfo, Runnable end)
            implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /** Why it cannot run here; empty if it can. */
    abstract Optional<String> missing();

    abstract Reach start(Path folder) throws Exception;
}
