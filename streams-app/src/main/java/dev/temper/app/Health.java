package dev.temper.app;

import dev.temper.app.Readiness.State;
import dev.temper.app.admin.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the probes say. Thread-safe; nothing in it waits: cluster and registry are what a watch saw last.
 *
 * <p>Live is who must not be restarted; a restart cures neither a broker nor a registry, so only a sidecar that gave up
 * is not. Ready is who answers prompts. Started is who has run once.
 */
final class Health {
    private final Supplier<List<Finding>> dependencies;
    private volatile Finding model = Finding.wrong("model", "is being loaded", "");
    private volatile Supplier<Readiness> service = () -> new Readiness(State.STARTING, "the model is being loaded");
    private volatile boolean started;

    /** @param dependencies what is known of cluster and registry; returns at once */
    Health(Supplier<List<Finding>> dependencies) {
        this.dependencies = dependencies;
    }

    /** The engine answers. */
    void modelIsWarm(String modelId) {
        model = Finding.ok("model", modelId + " is loaded and has answered");
    }

    /** From now on there is a sidecar to ask. */
    void service(Supplier<Readiness> readiness) {
        service = readiness;
    }

    /** It has come to run. */
    void started() {
        started = true;
    }

    /** Whether prompts are being answered, cluster and registry included. */
    Readiness readiness() {
        return readiness(dependencies.get());
    }

    /** What is known of cluster and registry. */
    List<Finding> dependencies() {
        return dependencies.get();
    }

    private Readiness readiness(List<Finding> seen) {
        Readiness own = service.get();
        if (!own.isReady()) {
            return own;
        }
        return seen.stream()
                .filter(finding -> !finding.ok())
                .findFirst()
                .map(finding -> new Readiness(State.CUT_OFF, finding.problem()))
                .orElse(own);
    }

    Answer live() {
        Readiness own = service.get();
        return answer(own.state() != State.ENDED, own, List.of());
    }

    Answer startup() {
        return answer(started, service.get(), List.of(model));
    }

    Answer ready() {
        List<Finding> checks = new ArrayList<>();
        checks.add(model);
        Readiness own = service.get();
        if (own.state() == State.READY) {
            checks.add(Finding.ok("device", "answers"));
        } else if (own.state() == State.DEVICE_GONE) {
            checks.add(Finding.wrong("device", own.cause(), ""));
        }
        List<Finding> seen = dependencies.get();
        checks.addAll(seen);
        Readiness all = readiness(seen);
        return answer(all.isReady(), all, checks);
    }

    private static Answer answer(boolean well, Readiness readiness, List<Finding> checks) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ok", well);
        body.put("state", readiness.state().name().toLowerCase(Locale.ROOT));
        body.put("cause", readiness.cause());
        if (!checks.isEmpty()) {
            body.put("checks", checks.stream().map(Health::check).toList());
        }
        return Answer.json(well ? 200 : 503, body);
    }

    private static Map<String, Object> check(Finding finding) {
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("subject", finding.subject());
        check.put("ok", finding.ok());
        check.put("detail", finding.cure().isEmpty() ? finding.detail() : finding.detail() + "; " + finding.cure());
        return check;
    }
}
