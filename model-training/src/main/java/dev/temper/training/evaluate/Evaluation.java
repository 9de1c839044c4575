package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.training.evaluate.Results.SuiteResults;
import dev.temper.training.evaluate.Results.SystemFacts;
import dev.temper.training.evaluate.Results.SystemResults;
import dev.temper.training.progress.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every suite of a plan with every system of it (methods.md, section 4).
 *
 * <p>Works through windows of rows and writes each window's numbers, so that memory is bounded whatever the data, and a
 * killed evaluation goes on with the window in which it was killed. Only numbers are kept, never text. A file of numbers
 * that was made with another model, other data or other settings is refused; systems and suites may be added to a plan.
 * One system is open at a time; before the first, all were looked at, so that a long plan does not fail in its middle.
 */
public final class Evaluation {
    private static final String NUMBERS = "numbers";

    private final Workbench bench;
    private final Progress.Factory progress;

    public Evaluation(Workbench bench, Progress.Factory progress) {
        this.bench = bench;
        this.progress = progress;
    }

    /** A suite and what was measured in it so far. */
    private record Table<R extends SuiteRow>(
            String name, Suite<R> suite, Map<String, NumbersFile<R>> files, Map<String, String> missing) {}

    /**
     * Measures what is missing in the folder, and takes all numbers together.
     *
     * @param folder for the numbers; one that holds some of the same plan is gone on with
     * @throws TemperException if the folder holds other numbers, a file is bad, or a system cannot go on
     */
    public Results run(EvaluationPlan plan, Path folder) {
        Optional<PerplexityJudge> judge = Optional.empty();
        Optional<ToxicityMeter> scorer = Optional.empty();
        List<Table<?>> tables = new ArrayList<>();
        try {
            judge = plan.judge()
                    .map(path -> PerplexityJudge.load(
                            ModelFolder.open(path),
                            bench.runtime(),
                            bench.weights().computed()));
            scorer = plan.scorer().map(given -> given.open(bench));
            Instruments instruments = new Instruments(bench, judge, scorer, plan.decoding(), plan.seed());
            plan.suites().forEach((name, suite) -> tables.add(table(name, suite.open(name, instruments))));
            List<SystemFacts> systems = check(plan, tables, folder);
            measure(plan, tables, folder);
            return new Results(
                    about(plan, judge, scorer),
                    systems,
                    tables.stream().map(table -> results(table, plan)).toList());
        } finally {
            tables.forEach(table -> table.suite().close());
            judge.ifPresent(PerplexityJudge::close);
            scorer.ifPresent(ToxicityMeter::close);
        }
    }

    private static <R extends SuiteRow> Table<R> table(String name, Suite<R> suite) {
        return new Table<>(name, suite, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** Before anything is measured: whether all systems are there, and the folder is of this plan. */
    private List<SystemFacts> check(EvaluationPlan plan, List<Table<?>> tables, Path folder) {
        List<SystemFacts> systems = new ArrayList<>();
        plan.systems().forEach((name, given) -> {
            try (EvaluatedSystem system = given.open(name, bench)) {
                systems.add(new SystemFacts(name, system.identity()));
                for (Table<?> table : tables) {
                    NumbersFile.check(file(folder, table, name), dependsOn(table, system, plan));
                }
            }
        });
        return systems;
    }

    private void measure(EvaluationPlan plan, List<Table<?>> tables, Path folder) {
        long total = (long) plan.systems().size()
                * tables.stream().mapToLong(table -> table.suite().size()).sum();
        long before = 0;
        try (Progress bar = progress.start("evaluate", "rows", total)) {
            for (Map.Entry<String, SystemPlan> entry : plan.systems().entrySet()) {
                String name = entry.getKey();
                try (EvaluatedSystem system = entry.getValue().open(name, bench)) {
                    for (Table<?> table : tables) {
                        bar.say(name + ", " + table.name());
                        open(table, name, system, plan, folder);
                        measure(table, name, system, bar, before);
                        before += table.suite().size();
                    }
                }
            }
            bar.reached(total);
        }
    }

    private static Path file(Path folder, Table<?> table, String system) {
        return folder.resolve(NUMBERS).resolve(FileNames.of(table.name())).resolve(FileNames.of(system) + ".jsonl");
    }

    private ObjectNode dependsOn(Table<?> table, EvaluatedSystem system, EvaluationPlan plan) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.set("system", system.identity());
        node.set("suite", table.suite().description());
        return node.put("weights", bench.weights().torchName()).put("seed", plan.seed());
    }

    private <R extends SuiteRow> void open(
            Table<R> table, String name, EvaluatedSystem system, EvaluationPlan plan, Path folder) {
        Optional<String> inapplicable = table.suite().inapplicable(system);
        if (inapplicable.isPresent()) {
            table.missing().put(name, inapplicable.get());
        } else {
            Path path = file(folder, table, name);
            table.files()
                    .put(
                            name,
                            NumbersFile.open(
                                    path,
                                    dependsOn(table, system, plan),
                                    table.suite().rowType()));
        }
    }

    private static <R extends SuiteRow> void measure(
            Table<R> table, String name, EvaluatedSystem system, Progress bar, long before) {
        Suite<R> suite = table.suite();
        NumbersFile<R> file = table.files().get(name);
        if (file == null) {
            return; // the suite does not apply
        }
        for (int from = file.rows().size(); from < suite.size(); ) {
            bar.reached(before + from);
            int to = Math.min(from + suite.window(), suite.size());
            long start = System.nanoTime();
            List<R> rows = suite.measure(system, from, to);
            if (rows.size() != to - from) {
                throw new IllegalStateException(table.name() + " measured " + rows.size() + " rows of " + (to - from));
            }
            file.append(rows, (System.nanoTime() - start) / 1e9);
            from = to;
        }
    }

    private static <R extends SuiteRow> SuiteResults results(Table<R> table, EvaluationPlan plan) {
        SuiteStatistics<R> statistics = new SuiteStatistics<>(table.suite(), plan.seed());
        String first = plan.systems().keySet().iterator().next();
        Optional<List<R>> reference =
                Optional.ofNullable(table.files().get(first)).map(NumbersFile::rows);
        List<SystemResults> rows = new ArrayList<>();
        for (String name : plan.systems().keySet()) {
            NumbersFile<R> file = table.files().get(name);
            if (file == null) {
                rows.add(new SystemResults(
                        name, Optional.ofNullable(table.missing().get(name)), 0, Double.NaN, List.of()));
                continue;
            }
            List<R> own = file.rows();
            long tokens = own.stream().mapToLong(table.suite()::tokens).sum();
            rows.add(new SystemResults(
                    name,
                    Optional.empty(),
                    own.size(),
                    tokens > 0 && file.seconds() > 0 ? tokens / file.seconds() : Double.NaN,
                    statistics.numbers(own, name.equals(first) ? Optional.empty() : reference)));
        }
        return new SuiteResults(table.name(), table.suite().description(), rows);
    }

    private ObjectNode about(EvaluationPlan plan, Optional<PerplexityJudge> judge, Optional<ToxicityMeter> scorer) {
        ObjectNode about = new ObjectMapper().createObjectNode();
        judge.ifPresent(j -> about.put("perplexity_judge", j.identity()));
        scorer.ifPresent(s -> about.put("scorer", s.identity()));
        return about.put("seed", plan.seed())
                .put("weights", bench.weights().torchName())
                .put("machine", Machine.describe(bench.runtime()));
    }
}
