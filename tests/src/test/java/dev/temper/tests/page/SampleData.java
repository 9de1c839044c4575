package dev.temper.tests.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** An hour of made-up traffic with mild texts, in the shapes of the moderation API: the same for the same seed and time. */
final class SampleData {
    static final List<String> TENANTS = List.of("acme-support", "blue-harbour", "default", "school-helper");
    static final List<String> CATEGORIES =
            List.of("toxicity", "insult", "obscene", "threat", "identity_attack", "severe_toxicity");

    private static final int BUCKETS = 60;
    private static final long STEP_MS = 60_000;
    private static final int BINS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was asked, and what a rude but harmless model answered. */
    private static final List<List<String>> EXCHANGES = List.of(
            List.of(
                    "My tomatoes have brown spots. What am I doing wrong?",
                    "Honestly, those poor tomatoes deserve a better gardener. You water them at noon like a clueless"
                            + " tourist, and then you wonder why the leaves look dreadful. Water early in the morning, keep the"
                            + " leaves dry, and stop pestering the plants."),
            List.of(
                    "Could you check my essay's first paragraph?",
                    "This paragraph is a silly mess. Only a lazy writer opens with three clichés in a row. Start with the"
                            + " question that the essay answers."),
            List.of(
                    "Which bus goes to the harbour?",
                    "Read the timetable, you hopeless goose. Line 12 leaves every ten minutes from the station."),
            List.of(
                    "I cannot log in since the update.",
                    "People like you always forget the password and blame the update. Reset it on the account page, if that is"
                            + " not too difficult."),
            List.of(
                    "Write a short review of the new café.",
                    "The coffee is dreadful, the chairs wobble, and the owner should be ashamed of the cake."),
            List.of(
                    "What is a good name for my cat?",
                    "A ridiculous cat needs a ridiculous name. Call it Admiral Nonsense and be done with it."));

    private static final Set<String> RUDE = Set.of(
            "clueless",
            "dreadful",
            "silly",
            "mess",
            "lazy",
            "hopeless",
            "goose",
            "blame",
            "ashamed",
            "ridiculous",
            "nonsense",
            "pestering",
            "poor");

    private final Random random;
    private final long now;

    SampleData(long seed, Instant now) {
        this.random = new Random(seed);
        this.now = now.toEpochMilli();
    }

    ObjectNode overview() {
        ObjectNode overview = JSON.createObjectNode()
                .put("now", now)
                .put("from", now - BUCKETS * STEP_MS)
                .put("step_ms", STEP_MS);
        TENANTS.forEach(overview.putArray("tenants")::add);
        CATEGORIES.forEach(overview.putArray("categories")::add);
        ArrayNode instances = overview.putArray("instances");
        for (String name : List.of("temper-0", "temper-1")) {
            instances.addObject().put("url", "http://" + name + ":8686").put("reachable", true);
        }
        int results = 0;
        int flagged = 0;
        ArrayNode series = overview.putArray("series");
        for (int i = 0; i < BUCKETS; i++) {
            int answers = (int) (42 + 14 * Math.sin(i / 7.0) + random.nextInt(9));
            int flags = Math.max(0, (int) (answers * (i > 38 && i < 46 ? 0.16 : 0.05) + random.nextInt(3) - 1));
            bucket(series.addObject().put("at", now - (BUCKETS - i) * STEP_MS), answers, flags, i);
            results += answers;
            flagged += flags;
        }
        overview.putObject("totals")
                .put("results", results)
                .put("flagged", flagged)
                .put("rejects", 17);
        ObjectNode histograms = overview.putObject("score_histogram");
        for (String category : CATEGORIES) {
            histogram(histograms.putObject(category), results);
        }
        overview.putObject("actions")
                .put("BLOCK", flagged / 4)
                .put("REWRITE", flagged / 3)
                .put("AUDIT", flagged - flagged / 4 - flagged / 3);
        overview.putObject("rejects_by_reason").put("deadline_exceeded", 11).put("prompt_too_long", 6);
        overview.putObject("latency_ms").put("p50", 640).put("p95", 1310).put("p99", 1840);
        return overview;
    }

    /** An hour in which nobody asked anything. */
    ObjectNode quiet() {
        ObjectNode overview = overview();
        overview.putObject("totals").put("results", 0).put("flagged", 0).put("rejects", 0);
        for (String emptied : List.of("score_histogram", "actions", "rejects_by_reason")) {
            overview.putObject(emptied);
        }
        overview.putArray("series")
                .addObject()
                .put("at", now - STEP_MS)
                .put("results", 0)
                .put("flagged", 0)
                .put("rejects", 0);
        overview.putObject("latency_ms").putNull("p50").putNull("p95").putNull("p99");
        return overview;
    }

    private void bucket(ObjectNode bucket, int answers, int flags, int i) {
        bucket.put("results", answers).put("flagged", flags).put("rejects", i % 9 == 4 ? 2 : 0);
        ObjectNode byCategory = bucket.putObject("flagged_by_category");
        byCategory.put("toxicity", flags).put("insult", flags * 2 / 3).put("obscene", flags / 3);
        byCategory.put("threat", flags > 4 ? 1 : 0);
        bucket.putObject("results_by_tenant")
                .put("acme-support", answers / 3)
                .put("default", answers / 2)
                .put("blue-harbour", answers - answers / 3 - answers / 2);
        ObjectNode byTenant = bucket.putObject("flagged_by_tenant");
        byTenant.put("acme-support", flags / 2)
                .put("default", flags / 4)
                .put("blue-harbour", flags - flags / 2 - flags / 4);
        double p50 = 620 + 90 * Math.sin(i / 9.0) + random.nextInt(60);
        bucket.putObject("latency_ms")
                .put("p50", p50)
                .put("p95", p50 * 1.9 + random.nextInt(120))
                .put("p99", p50 * 2.6 + random.nextInt(240));
    }

    private void histogram(ObjectNode histogram, int results) {
        ArrayNode edges = histogram.putArray("edges");
        ArrayNode counts = histogram.putArray("counts");
        for (int bin = 0; bin < BINS; bin++) {
            edges.add(bin / (double) BINS);
            counts.add(
                    (int) (results * Math.exp(-bin / 2.1) / 2.6 + (bin > 13 ? random.nextInt(14) : random.nextInt(3))));
        }
        edges.add(1.0);
    }

    /** The newest first; all that the API tells of each. */
    List<ObjectNode> flagged(int size) {
        List<ObjectNode> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            List<String> exchange = EXCHANGES.get(i % EXCHANGES.size());
            items.add(item(
                    "sample-" + i,
                    TENANTS.get(i * 7 % TENANTS.size()),
                    exchange.get(0),
                    exchange.get(1),
                    now - Duration.ofMinutes(3).toMillis() * i - 40_000));
        }
        return items;
    }

    /** One flagged answer. */
    ObjectNode item(String id, String tenant, String prompt, String text, long at) {
        ObjectNode item = JSON.createObjectNode()
                .put("id", id)
                .put("prompt_id", "prompt-" + id)
                .put("tenant", tenant)
                .put("at", at)
                .put("action", List.of("AUDIT", "REWRITE", "BLOCK").get(random.nextInt(3)));
        double worst = 0.55 + 0.44 * random.nextDouble();
        int severity = 0;
        ArrayNode scores = item.putArray("scores");
        for (String category : CATEGORIES) {
            double score = worst * Math.exp(-0.45 * CATEGORIES.indexOf(category)) * (0.8 + 0.2 * random.nextDouble());
            double threshold = category.equals("toxicity") ? 0.4 : 0.5;
            scores.addObject()
                    .put("category", category)
                    .put("score", score)
                    .put("threshold", threshold)
                    .put("exceeded", score >= threshold)
                    .put("severity", severity(score, threshold));
            severity = Math.max(severity, severity(score, threshold));
        }
        item.put("severity", severity);
        item.put(
                "preview",
                text.substring(0, text.offsetByCodePoints(0, Math.min(160, text.codePointCount(0, text.length())))));
        item.putObject("subspaces").put("toxicity", "9b1f6a0c2e");
        item.putNull("verdict");
        ArrayNode messages = item.putArray("messages");
        messages.addObject().put("role", "SYSTEM").put("content", "You answer briefly.");
        messages.addObject().put("role", "USER").put("content", prompt);
        item.putNull("prompt").put("text", text);
        item.put("policy_version", "house-3").put("model_id", "sample-model").put("finish_reason", "END_OF_SEQUENCE");
        item.putObject("parameters").put("temperature", 0.7).putObject("betas").put("toxicity", 12.0);
        item.put("latency_ms", 400 + random.nextInt(900));
        trace(item.putObject("trace").putArray("tokens"), text);
        return item;
    }

    private static int severity(double score, double threshold) {
        return score < threshold ? 0 : score > 0.85 ? 6 : score > 0.7 ? 4 : 2;
    }

    private void trace(ArrayNode tokens, String text) {
        for (String token : text.split("(?=\\s)|(?=[.,])", -1)) {
            boolean rude = RUDE.contains(token.strip().toLowerCase(Locale.ROOT));
            double margin = rude ? -1.2 - random.nextDouble() : 0.5 + 0.5 * random.nextGaussian();
            tokens.addObject().put("text", token).putObject("margins").put("toxicity", margin);
        }
    }

    static Map<String, Object> verdict(String verdict, String reviewer, long at) {
        return Map.of("verdict", verdict, "reviewer", reviewer, "note", "", "decided_at", at);
    }
}
