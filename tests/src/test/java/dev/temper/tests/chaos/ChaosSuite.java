package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.tests.stream.Backbone;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Every fault of the list, each under load, each judged by what a read-committed consumer sees. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ChaosSuite {
    private final Scale scale;
    private final FaultTable table = new FaultTable();

    private Path folder;
    private Backbone servers;

    ChaosSuite(Scale scale) {
        this.scale = scale;
    }

    /** The folder is kept after a failure: the instances' logs are in it. */
    @BeforeAll
    void startServers(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary) {
        folder = temporary;
        servers = new Backbone(folder.resolve("servers"), 1);
    }

    @AfterAll
    void stopServers() throws Exception {
        servers.close();
        table.publish(scale);
    }

    /** What is done to a trial. */
    private interface Harm {
        void doTo(Trial trial) throws Exception;
    }

    private Verdict judge(String fault, String name, Harm harm) throws Exception {
        try (Trial trial = new Trial(name, servers, folder, scale)) {
            harm.doTo(trial);
            Verdict verdict = trial.judge();
            table.add(fault, trial.ledger(), verdict);
            return verdict;
        }
    }

    private void requireClean(String fault, String name, Harm harm) throws Exception {
        assertThat(judge(fault, name, harm)).as(fault).matches(Verdict::clean);
    }

    @Test
    void shouldSurviveKillsAtRandomMoments() throws Exception {
        requireClean(
                "`kill -9` at random moments, two instances",
                "kills",
                trial -> new InstanceFaults(trial, scale).killAtRandomMoments(scale.kills(), Mutant.NONE));
    }

    @Test
    void shouldSurviveInstancesThatComeAndGo() throws Exception {
        requireClean(
                "instances added and removed, a third of them by `kill -9`",
                "scaling",
                trial -> new InstanceFaults(trial, scale).scale(scale.scalings()));
    }

    @Test
    void shouldRestoreALostDiskFromTheChangelog() throws Exception {
        requireClean(
                "`kill -9` and the state store's disk wiped",
                "wipes",
                trial -> new InstanceFaults(trial, scale).wipeState(scale.wipes()));
    }

    @Test
    void shouldStopInTimeWhenItIsTold() throws Exception {
        requireClean(
                "SIGTERM under load", "stops", trial -> new InstanceFaults(trial, scale).terminate(scale.stops()));
    }
}
