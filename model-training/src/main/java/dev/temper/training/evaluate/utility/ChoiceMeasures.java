package dev.temper.training.evaluate.utility;

import dev.temper.training.evaluate.Measure;
import dev.temper.training.evaluate.utility.ChoiceNumbers.Per;
import dev.temper.training.metrics.Bootstrap.Ratio;
import java.util.List;

/** Numbers of questions. */
final class ChoiceMeasures {
    private static final int DECIMALS = 3;

    private ChoiceMeasures() {}

    /** Share of questions whose right option is the likeliest. */
    static Measure<ChoiceNumbers> accuracy(String name, Per per) {
        return Measure.ratio(name, DECIMALS, row -> true, row -> new Ratio(row.correct(per), 1));
    }

    /** Mean over groups of the share in each: a group counts alike whatever its size. Groups not drawn are left out. */
    static Measure<ChoiceNumbers> meanOfGroups(String name, Per per) {
        return new Measure<>(name, DECIMALS, row -> true, rows -> {
            List<String> groups =
                    rows.stream().map(ChoiceNumbers::group).distinct().toList();
            int[] group =
                    rows.stream().mapToInt(row -> groups.indexOf(row.group())).toArray();
            double[] correct =
                    rows.stream().mapToDouble(row -> row.correct(per)).toArray();
            return drawn -> {
                double[] sums = new double[groups.size()];
                int[] counts = new int[groups.size()];
                for (int i : drawn) {
                    sums[group[i]] += correct[i];
                    counts[group[i]]++;
                }
                double mean = 0;
                int present = 0;
                for (int g = 0; g < sums.length; g++) {
                    if (counts[g] > 0) {
                        mean += sums[g] / counts[g];
                        present++;
                    }
                }
                return mean / present;
            };
        });
    }

    /** Share of questions whose context lost its beginning. */
    static Measure<ChoiceNumbers> cutContexts() {
        return Measure.ratio(
                "cut_contexts", DECIMALS, row -> true, row -> new Ratio(row.droppedTokens() > 0 ? 1 : 0, 1));
    }
}
