package dev.temper.app.cli;

import dev.temper.app.EngineFactory;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.PolicyLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.app.policies.PolicyBook;
import dev.temper.app.policies.PolicyBook.Entry;
import dev.temper.app.policies.PolicyReading.Invalid;
import dev.temper.app.policies.PolicyReading.Valid;
import dev.temper.app.policies.PolicyTopic;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.Policy;
import dev.temper.app.policy.TenantPolicy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code temper policy}: how moderators look at policies and change them while the sidecar runs. */
@Command(
        name = "policy",
        description = "Checks, publishes and shows flag policies.",
        mixinStandardHelpOptions = true,
        subcommands = {PolicyCommand.Check.class, PolicyCommand.Publish.class, PolicyCommand.Show.class})
public final class PolicyCommand implements Callable<Integer> {
    private static final int DEFAULT_KEEP = 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "check, publish or show is missing");
    }

    /** {@code temper policy check}. */
    @Command(
            name = "check",
            description =
                    "Whether a policy's file may be published; with a configuration also whether its categories are"
                            + " among the scorer's.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The policy, as docs/policies.md describes it.")
        @SuppressWarnings("NullAway.Init") // required
        private Path file;

        @Option(names = "--config", paramLabel = "FILE", description = "The sidecar's configuration.")
        private @Nullable Path config;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() {
            Policy policy = PolicyLoader.load(file);
            if (config != null) {
                EngineFactory.requireCategories(ConfigLoader.load(config), policy);
            }
            spec.commandLine().getOut().println("ok    " + nameOf(policy));
            return Temper.EXIT_OK;
        }
    }

    /** {@code temper policy publish}. */
    @Command(
            name = "publish",
            description =
                    "Puts a policy in force on every running sidecar; an earlier version again, to go back to it.",
            mixinStandardHelpOptions = true)
    static final class Publish implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "The policy, as docs/policies.md describes it.")
        @SuppressWarnings("NullAway.Init") // required
        private Path file;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                required = true,
                description = "The sidecar's configuration: it names broker, registry, topic and scorer.")
        @SuppressWarnings("NullAway.Init") // required
        private Path config;

        @Option(
                names = "--keep",
                paramLabel = "N",
                defaultValue = "" + DEFAULT_KEEP,
                description = "How many versions stay in the topic, this one included; at least 1. Default:"
                        + " ${DEFAULT-VALUE}.")
        private int keep;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() {
            if (keep < 1) {
                throw new ParameterException(spec.commandLine(), "--keep must be at least 1, not " + keep);
            }
            Policy policy = PolicyLoader.load(file);
            SidecarConfig loaded = ConfigLoader.load(config);
            EngineFactory.requireCategories(loaded, policy);
            PrintWriter out = spec.commandLine().getOut();
            try (PolicyTopic topic = new PolicyTopic(loaded)) {
                PolicyTopic.Published published = topic.publish(policy, keep);
                out.println(
                        published.written()
                                ? "published " + nameOf(policy)
                                : nameOf(policy) + " is in force already; nothing was written");
                published.dropped().forEach(key -> out.println("dropped " + key));
            }
            return Temper.EXIT_OK;
        }
    }

    /** {@code temper policy show}. */
    @Command(
            name = "show",
            description = "Every version that the policies topic holds, and which of them are in force. Exit code 1 if"
                    + " there are invalid ones.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Option(
                names = "--config",
                paramLabel = "FILE",
                required = true,
                description = "The sidecar's configuration: it names broker, registry and topic.")
        @SuppressWarnings("NullAway.Init") // required
        private Path config;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() {
            SidecarConfig loaded = ConfigLoader.load(config);
            PrintWriter out = spec.commandLine().getOut();
            try (PolicyTopic topic = new PolicyTopic(loaded)) {
                PolicyBook book = topic.read();
                List<Entry> entries = book.entries();
                if (entries.stream().noneMatch(Show::isEveryones)) {
                    out.println("in force    " + nameOf(loaded.policy()) + ", of the configuration");
                }
                entries.forEach(entry -> out.println(line(book, entry)));
                boolean invalid = entries.stream().anyMatch(entry -> entry.reading() instanceof Invalid);
                return invalid ? Temper.EXIT_CHECK_FAILED : Temper.EXIT_OK;
            }
        }

        private static boolean isEveryones(Entry entry) {
            return entry.reading() instanceof Valid valid && valid.policy() instanceof FlagPolicy;
        }

        private static String line(PolicyBook book, Entry entry) {
            if (entry.reading() instanceof Valid valid) {
                return (book.isInForce(valid.policy()) ? "in force    " : "superseded  ") + nameOf(valid.policy())
                        + ", offset " + entry.offset();
            }
            String why = entry.reading() instanceof Invalid invalid ? invalid.reason() : "";
            return "INVALID     offset " + entry.offset() + ": " + why;
        }
    }

    private static String nameOf(Policy policy) {
        String whose = policy instanceof TenantPolicy own ? "tenant " + own.tenant() : "everyone";
        return whose + ": version " + policy.version() + " ("
                + policy.categories().size() + " categories, "
                + policy.blocklists().size() + " blocklists)";
    }
}
