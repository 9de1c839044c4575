package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Harm to the sidecar's own processes. Each method is one trial's harm; the load flows, and is ended by it. */
final class InstanceFaults {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    /** Beyond the configured time: the JVM's own end, on a busy machine. */
    private static final Duration EXIT_MARGIN = Duration.ofSeconds(15);

    /** A broken one that answers nothing for so long has lost the rest. */
    private static final Duration STILLNESS = Duration.ofSeconds(5);

    private static final int LONGEST_PAUSE_MS = 1_500;
    private static final int MOST_INSTANCES = 3;

    private final Trial trial;
    private final Random moments;

    InstanceFaults(Trial trial, Scale scale) {
        this.trial = trial;
        this.moments = new Random(scale.seed());
    }

    /** SIGKILL at random moments: now one of two, now the other, now both; now after a recovery, now during it. */
    void killAtRandomMoments(int kills) throws Exception {
        try (Instance one = trial.instance("one", Mutant.NONE, Trial.Engine.QUICK, Trial.member("one"));
                Instance two = trial.instance("two", Mutant.NONE, Trial.Engine.QUICK, Trial.member("two"));
                Load load = trial.load()) {
            one.start();
            two.start();
            trial.awaitAnswers(20);
            for (int kill = 0; kill < kills; ) {
                List<Instance> victims = moments.nextInt(8) == 0 && kill + 2 <= kills
                        ? List.of(one, two)
                        : List.of(moments.nextBoolean() ? one : two);
                Thread.sleep(moments.nextInt(LONGEST_PAUSE_MS));
                Ledger.Fault fault = trial.ledger().fault();
                for (Instance victim : victims) {
                    victim.kill();
                    kill++;
                }
                for (Instance victim : victims) {
                    victim.start();
                }
                if (moments.nextInt(4) > 0) {
                    trial.awaitEndOf(fault);
                }
            }
            end(load, List.of(one, two));
        }
    }

    /** A broken one is killed when it holds much that it has taken for its own and not answered: it must answer it still. */
    void killWhileHolding(int prompts, Mutant mutant) throws Exception {
        Trial.Engine verySlow = new Trial.Engine(64, 60_000); // so that much is held however late somebody looks
        try (Instance holding = trial.instance("one", mutant, verySlow, Trial.member("one"));
                Instance instance = trial.instance("one", mutant, Trial.Engine.QUICK, Trial.member("one"))) {
            try (Load load = trial.load(trial.good(), 3 * prompts)) {
                trial.awaitSent(load);
            }
            holding.start();
            trial.awaitAnswers(1);
            trial.await(() -> trial.unansweredOfTakenIn() >= prompts);
            Ledger.Fault fault = trial.ledger().fault();
            holding.kill();
            instance.start();
            try (Load load = trial.load()) {
                trial.awaitEndOf(fault);
                load.finish();
            }
            trial.awaitAllAnswered(STILLNESS);
            instance.terminate();
            instance.awaitExit();
        }
    }

    /** A broken one, alone, is killed with much work in it, until it shows or so many times. */
    void killUntil(Predicate<Verdict> shows, int most, Mutant mutant) throws Exception {
        Trial.Engine slow = new Trial.Engine(32, 100);
        try (Instance instance = trial.instance("one", mutant, slow, Trial.member("one"));
                Load load = trial.load()) {
            instance.start();
            for (int kill = 0; kill < most && !shows.test(Verdict.of(trial.ledger())); kill++) {
                trial.awaitAnswers(100);
                trial.ledger().fault();
                instance.kill();
                instance.start();
                trial.awaitAnswers(100);
            }
            load.finish();
            trial.awaitAllAnswered(STILLNESS);
            instance.terminate();
            instance.awaitExit();
        }
    }

    /** Its process is killed, its disk is lost, and it starts again with nothing but its topics. */
    void wipeState(int wipes) throws Exception {
        Trial.Engine slow = new Trial.Engine(16, 100);
        try (Instance instance = trial.instance("one", Mutant.NONE, slow, Trial.member("one"));
                Load load = trial.load()) {
            instance.start();
            for (int wipe = 0; wipe < wipes; wipe++) {
                trial.awaitAnswers(20);
                Thread.sleep(moments.nextInt(LONGEST_PAUSE_MS));
                trial.ledger().fault();
                instance.kill();
                instance.wipeState();
                instance.start();
            }
            trial.awaitAnswers(20);
            end(load, List.of(instance));
            assertThat(instance.logged("of its inbox again"))
                    .as("the inbox came back from its changelog")
                    .isPositive();
        }
    }

    /** Instances come and go, by order and by accident; none ever comes back. */
    void scale(int times) throws Exception {
        List<Instance> all = new ArrayList<>();
        try (Load load = trial.load()) {
            List<Instance> running = new ArrayList<>();
            all.add(add(running));
            trial.awaitAnswers(20);
            for (int i = 0; i < times; i++) {
                trial.ledger().fault();
                if (running.size() == 1 || running.size() < MOST_INSTANCES && moments.nextBoolean()) {
                    all.add(add(running));
                } else {
                    Instance leaving = running.remove(moments.nextInt(running.size()));
                    if (moments.nextInt(3) == 0) {
                        leaving.kill();
                    } else {
                        leaving.terminate();
                    }
                }
                Thread.sleep(1_000 + moments.nextInt(3_000));
            }
            end(load, running);
        } finally {
            for (Instance instance : all) {
                instance.close();
            }
        }
    }

    private int added;

    private Instance add(List<Instance> running) throws Exception {
        Instance instance = trial.instance("member-" + added++, Mutant.NONE, Trial.Engine.QUICK, "")
                .start();
        running.add(instance);
        return instance;
    }

    /** SIGTERM in the middle of the work. */
    void terminate(int times) throws Exception {
        Trial.Engine slow = new Trial.Engine(16, 100);
        try (Instance instance = trial.instance("one", Mutant.NONE, slow, Trial.member("one"));
                Load load = trial.load()) {
            for (int i = 0; i < times; i++) {
                instance.start();
                trial.awaitAnswers(20);
                Thread.sleep(moments.nextInt(LONGEST_PAUSE_MS));
                trial.ledger().fault();
                long start = System.nanoTime();
                instance.terminate();
                int exit = instance.awaitExit();
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("the time to stop, limits.close_timeout_ms and some")
                        .isLessThan(CLOSE_TIMEOUT.plus(EXIT_MARGIN));
                assertThat(exit).isEqualTo(Instance.TERMINATED);
            }
            instance.start();
            trial.awaitAnswers(20);
            end(load, List.of(instance));
        }
    }

    /** No more prompts; what was sent is answered; all end in order. */
    private void end(Load load, List<Instance> instances) throws Exception {
        load.finish();
        trial.awaitAllAnswered();
        instances.forEach(Instance::terminate);
        for (Instance instance : instances) {
            instance.awaitExit();
        }
    }
}
