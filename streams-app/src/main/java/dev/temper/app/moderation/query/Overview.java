package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.store.Counts;
import dev.temper.app.moderation.store.LatencyBuckets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Numbers as the page's API shows them. */
final class Overview {
    private static final int MOST_TENANTS = 50;
    private static final String OTHER = "other";
    private static final int BINS = 20;

    private final Span span;
    private final Map<Long, Map<String, Counts>> steps;
    private final Set<String> tenants;

    /** @param numbers of all instances */
    Overview(Span span, Numbers numbers) {
        this.span = span;
        this.steps = numbers.steps();
        this.tenants = mostBusy(numbers);
    }

    /** Those that are told apart, in order. */
    private static Set<String> mostBusy(Numbers numbers) {
        Map<String, Long> outcomes = new HashMap<>();
        numbers.steps()
                .values()
                .forEach(step -> step.forEach((tenant, counts) ->
                        outcomes.merge(tenant, counts.get(Counts.RESULTS) + counts.get(Counts.REJECTS), Long::sum)));
        return outcomes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_TENANTS)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @param tenant whose numbers; empty for all */
    ObjectNode toJson(long nowMs, String tenant) {
        Counts all = new Counts();
        ArrayNode series = Answers.object().arrayNode();
        for (long at = span.from(); at < span.to(); at += span.stepMs()) {
            Counts step = new Counts();
            Map<String, Long> answers = new TreeMap<>();
            Map<String, Long> flagged = new TreeMap<>();
            for (Map.Entry<String, Counts> one :
                    steps.getOrDefault(at, Map.of()).entrySet()) {
                if (tenant.isEmpty() || tenant.equals(one.getKey())) {
                    step.addAll(one.getValue());
                    String name = tenants.contains(one.getKey()) ? one.getKey() : OTHER;
                    count(answers, name, one.getValue().get(Counts.RESULTS));
                    count(flagged, name, one.getValue().get(Counts.FLAGGED));
                }
            }
            all.addAll(step);
            ObjectNode json = step(at, step);
            json.set("results_by_tenant", Answers.tree(answers));
            json.set("flagged_by_tenant", Answers.tree(flagged));
            series.add(json);
        }
        ObjectNode json = Answers.object();
        json.put("now", nowMs).put("from", span.from()).put("step_ms", span.stepMs());
        json.set("tenants", Answers.tree(tenants));
        json.set("categories", Answers.tree(categories(all)));
        json.set("totals", totals(all));
        json.set("series", series);
        json.set("score_histogram", histograms(all));
        json.set("actions", Answers.tree(all.family(Counts.ACTION)));
        json.set("severities", Answers.tree(all.family(Counts.SEVERITY)));
        json.set("rejects_by_reason", Answers.tree(lower(all.family(Counts.REASON))));
        json.set("latency_ms", latency(all));
        return json;
    }

    private static void count(Map<String, Long> counts, String name, long more) {
        if (more > 0) {
            counts.merge(name, more, Long::sum);
        }
    }

    static ObjectNode totals(Counts counts) {
        return Answers.object()
                .put("results", counts.get(Counts.RESULTS))
                .put("flagged", counts.get(Counts.FLAGGED))
                .put("rejects", counts.get(Counts.REJECTS));
    }

    private static ObjectNode step(long at, Counts counts) {
        ObjectNode json = Answers.object().put("at", at);
        json.setAll(totals(counts));
        json.set("flagged_by_category", Answers.tree(counts.family(Counts.CATEGORY)));
        json.set("latency_ms", latency(counts));
        return json;
    }

    private static ObjectNode latency(Counts counts) {
        Map<String, Long> buckets = counts.family(Counts.LATENCY);
        ObjectNode json = Answers.object();
        for (int percent : List.of(50, 95, 99)) {
            if (buckets.isEmpty()) {
                json.putNull("p" + percent);
            } else {
                json.put("p" + percent, LatencyBuckets.quantile(buckets, percent / 100.0));
            }
        }
        return json;
    }

    private static Set<String> categories(Counts counts) {
        Set<String> names = new TreeSet<>(counts.family(Counts.CATEGORY).keySet());
        names.addAll(bins(counts).keySet());
        return names;
    }

    /** By category, the counts of {@value #BINS} bins of equal width over [0, 1]. */
    private static Map<String, long[]> bins(Counts counts) {
        Map<String, long[]> bins = new TreeMap<>();
        counts.family(Counts.SCORE).forEach((member, count) -> {
            int slash = member.indexOf('/');
            int bin = Integer.parseInt(member.substring(0, slash));
            bins.computeIfAbsent(member.substring(slash + 1), category -> new long[BINS])[bin] += count;
        });
        return bins;
    }

    private static ObjectNode histograms(Counts counts) {
        ObjectNode json = Answers.object();
        bins(counts).forEach((category, bins) -> {
            ObjectNode histogram = json.putObject(category);
            ArrayNode edges = histogram.putArray("edges");
            for (int edge = 0; edge <= BINS; edge++) {
                edges.add((double) edge / BINS);
            }
            histogram.set("counts", Answers.tree(bins));
        });
        return json;
    }

    private static Map<String, Long> lower(Map<String, Long> byName) {
        Map<String, Long> lower = new TreeMap<>();
        byName.forEach((name, count) -> lower.put(name.toLowerCase(Locale.ROOT), count));
        return lower;
    }
}
