package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.tests.stream.Backbone;
import dev.temper.tests.stream.BrokerKind;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every fault of the list, each under load, each judged by what a read-committed consumer sees. What is done to instances is
 * done on a broker of Kafka's image too, where there can be one; brokers that stop are a cluster of three, and what is done to
 * records, the device and the registry, or shows that the judge can see, is the same on every broker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
abstract class ChaosSuite {
    /** Prompts that a broken instance has taken in and not answered when it is killed. */
    private static final int HELD = 50;

    private static final int MOST_KILLS = 8;

    private final Scale scale;
    private final FaultTable table = new FaultTable();

    private Path folder;
    private Backbone servers;
    private @Nullable Backbone container;

    ChaosSuite(Scale scale) {
        this.scale = scale;
    }

    /** The folder is kept after a failure: the instances' logs are in it. */
    @BeforeAll
    void startServers(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary) {
        folder = temporary;
        servers = Backbone.steady(BrokerKind.EMBEDDED, folder.resolve("servers"));
    }

    @AfterAll
    void stopServers() throws Exception {
        servers.close();
        if (container != null) {
            container.close();
        }
        table.publish(scale);
    }

    /** That the trials on this kind of broker share; the container starts for the first of them, beside the others. */
    private synchronized Backbone servers(BrokerKind kind) {
        if (kind == BrokerKind.EMBEDDED) {
            return servers;
        }
        if (container == null) {
            container = Backbone.own(kind, folder.resolve("container"));
        }
        return container;
    }

    /** What is done to a trial. */
    private interface Harm {
        void doTo(Trial trial) throws Exception;
    }

    private void requireClean(BrokerKind kind, String fault, String name, Harm harm) throws Exception {
        boolean embedded = kind == BrokerKind.EMBEDDED;
        requireClean(
                embedded ? fault : fault + ", on Kafka's image",
                embedded ? name : name + "-container",
                servers(kind),
                harm);
    }

    private Verdict judge(String fault, String name, Harm harm) throws Exception {
        return judge(fault, name, servers, harm);
    }

    private Verdict judge(String fault, String name, Backbone servers, Harm harm) throws Exception {
        try (Trial trial = new Trial(name, servers, folder, scale)) {
            harm.doTo(trial);
            Verdict verdict = trial.judge();
            table.add(fault, trial.ledger(), verdict);
            return verdict;
        }
    }

    private void requireClean(String fault, String name, Harm harm) throws Exception {
        requireClean(fault, name, servers, harm);
    }

    private void requireClean(String fault, String name, Backbone servers, Harm harm) throws Exception {
        assertThat(judge(fault, name, servers, harm)).as(fault).matches(Verdict::clean);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSurviveKillsAtRandomMoments(BrokerKind kind) throws Exception {
        requireClean(
                kind, "`kill -9` at random moments, two instances", "kills", trial -> new InstanceFaults(trial, scale)
                        .killAtRandomMoments(scale.kills()));
    }

    @ParameterizedTest
    @EnumSource
    void shouldSurviveInstancesThatComeAndGo(BrokerKind kind) throws Exception {
        requireClean(
                kind,
                "instances added and removed, a third of them by `kill -9`",
                "scaling",
                trial -> new InstanceFaults(trial, scale).scale(scale.scalings()));
    }

    @Test
    void shouldRestoreALostDiskFromTheChangelog() throws Exception {
        requireClean("`kill -9` and the state store's disk wiped", "wipes", trial -> new InstanceFaults(trial, scale)
                .wipeState(scale.wipes()));
    }

    @Test
    void shouldStopInTimeWhenItIsTold() throws Exception {
        requireClean("SIGTERM under load", "stops", trial -> new InstanceFaults(trial, scale).terminate(scale.stops()));
    }

    @Test
    void shouldSurviveBrokersThatRestart() throws Exception {
        try (Backbone three = new Backbone(folder.resolve("three"), 3)) {
            requireClean("each of 3 brokers stopped and restarted", "brokers", three, trial -> new ServerFaults(
                            trial, three, scale)
                    .restartBrokers());
        }
    }

    @Test
    void shouldWaitForARegistryThatIsAway() throws Exception {
        try (Backbone own = Backbone.steady(BrokerKind.EMBEDDED, folder.resolve("own"))) {
            requireClean(
                    "registry away for " + scale.outageMs() / 1000.0 + " s", "registry", own, trial -> new ServerFaults(
                                    trial, own, scale)
                            .loseRegistry());
        }
    }

    @Test
    void shouldRejectWhatIsMalformedAndAnswerTheRest() throws Exception {
        requireClean(scale.malformed() + " malformed records among good ones", "malformed", trial -> new RecordFaults(
                        trial, scale)
                .mixIn());
    }

    @Test
    void shouldLoseNothingToADeviceThatThrows() throws Exception {
        device("the device throws", "throwing", FaultyDevice.Mood.THROWS);
    }

    @Test
    void shouldLoseNothingToADeviceThatReturnsNan() throws Exception {
        device("the device returns NaN", "nan", FaultyDevice.Mood.NAN);
    }

    @Test
    void shouldLoseNothingToADeviceThatHangs() throws Exception {
        device("the device hangs for " + scale.hangMs() / 1000.0 + " s", "hanging", FaultyDevice.Mood.HANGS);
    }

    private void device(String fault, String name, FaultyDevice.Mood mood) throws Exception {
        requireClean(fault, name, trial -> new DeviceFaults(trial, scale).be(mood));
    }

    @Test
    void shouldCatchACommitBeforeDurable() throws Exception {
        Mutant mutant = Mutant.COMMITS_BEFORE_DURABLE;
        Verdict verdict = judge(
                row(mutant), mutant.name(), trial -> new InstanceFaults(trial, scale).killWhileHolding(HELD, mutant));
        assertThat(verdict.lost())
                .as("of what it held, and a few may have been answered since")
                .isGreaterThan(HELD / 2);
    }

    @Test
    void shouldCatchIdsThatAreNotDerived() throws Exception {
        Verdict verdict = broken(Mutant.AT_LEAST_ONCE_WITH_RANDOM_IDS, seen -> seen.duplicatedForDeduplicating() > 0);
        assertThat(verdict.duplicatedForDeduplicating()).isPositive();
        assertThat(verdict.wrong()).anyMatch(line -> line.contains("has an id that does not follow from its source"));
    }

    /** Kills a broken one until it shows, or so often that it should have. */
    Verdict broken(Mutant mutant, Predicate<Verdict> shows) throws Exception {
        return judge(row(mutant), mutant.name(), trial -> new InstanceFaults(trial, scale)
                .killUntil(shows, MOST_KILLS, mutant));
    }

    private static String row(Mutant mutant) {
        return "BROKEN ON PURPOSE, " + mutant.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": `kill -9`";
    }
}
