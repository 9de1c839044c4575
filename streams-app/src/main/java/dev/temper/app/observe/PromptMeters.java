package dev.temper.app.observe;

import dev.temper.app.policy.Verdict;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Failed;
import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.text.Prompt;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.Stage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Counts and measures prompts and answers. {@code gen_ai.*} follows OpenTelemetry's conventions for generative AI; {@code
 * docs/metrics.md} lists all. Thread-safe.
 *
 * <p>What is counted is work: an outcome whose transaction is aborted is counted again when the prompt is worked again.
 */
final class PromptMeters {
    static final String PROVIDER = "temper";

    /** A hundred tenants are a table still; a thousand are a burden to whoever stores the series. */
    private static final int MOST_TENANTS = 100;

    private static final int MOST_CATEGORIES = 200;

    /** Where each reason mostly arises. These counters begin at 0, so that rates see the first such reject, too. */
    private static final Map<RejectReason, Stage> REJECTS = Map.of(
            RejectReason.UNREADABLE_RECORD, Stage.DESERIALIZATION,
            RejectReason.UNKNOWN_SCHEMA, Stage.DESERIALIZATION,
            RejectReason.MISSING_VALUE, Stage.DESERIALIZATION,
            RejectReason.INVALID_PROMPT, Stage.VALIDATION,
            RejectReason.INVALID_PARAMETERS, Stage.VALIDATION,
            RejectReason.PROMPT_TOO_LONG, Stage.GENERATION,
            RejectReason.NON_FINITE_LOGITS, Stage.GENERATION,
            RejectReason.DEVICE_ERROR, Stage.GENERATION,
            RejectReason.DEADLINE_EXCEEDED, Stage.GENERATION,
            RejectReason.INTERNAL_ERROR, Stage.OUTPUT);

    private final String modelId;
    private final Predicate<String> knownTenant;
    private final TagValues tenants = new TagValues(MOST_TENANTS);
    private final TagValues categories = new TagValues(MOST_CATEGORIES);

    private final Tagged<Timer> requests;
    private final Tagged<Timer> firstTokens;
    private final Tagged<Timer> outputTokens;
    private final Tagged<DistributionSummary> usage;

    private final Counter received;
    private final Counter rewrites;
    private final Tagged<Counter> retries;
    private final Tagged<Counter> answers;
    private final Tagged<Counter> flags;
    private final Tagged<Counter> rejects;
    private final Tagged<Timer> durations;
    private final Tagged<DistributionSummary> scores;
    private final Tagged<DistributionSummary> divergences;
    private final Histogram margins;

    /** @param knownTenant whether a tenant is one that moderators wrote a policy for; others are not told apart */
    PromptMeters(Telemetry telemetry, GenerationEngine.Identity engine, Predicate<String> knownTenant) {
        this.knownTenant = knownTenant;
        this.modelId = engine.modelId();
        MeterRegistry meters = telemetry.meters();
        Tags model = Tags.of(
                "gen_ai.provider.name", PROVIDER,
                "gen_ai.request.model", modelId,
                "gen_ai.response.model", modelId);
        String operation = "gen_ai.operation.name";
        requests =
                new Tagged<>(List.of(operation, "error.type"), tags -> Timer.builder("gen_ai.server.request.duration")
                        .description("From the offer to the engine to its outcome.")
                        .serviceLevelObjectives(Buckets.REQUEST)
                        .tags(model.and(tags))
                        .register(meters));
        firstTokens = new Tagged<>(List.of(operation), tags -> Timer.builder("gen_ai.server.time_to_first_token")
                .description("From the offer to the first token.")
                .serviceLevelObjectives(Buckets.FIRST_TOKEN)
                .tags(model.and(tags))
                .register(meters));
        outputTokens = new Tagged<>(List.of(operation), tags -> Timer.builder("gen_ai.server.time_per_output_token")
                .description("Per token after the first.")
                .serviceLevelObjectives(Buckets.OUTPUT_TOKEN)
                .tags(model.and(tags))
                .register(meters));
        usage = new Tagged<>(List.of(operation, "gen_ai.token.type"), tags -> DistributionSummary.builder(
                        "gen_ai.client.token.usage")
                .description("Tokens read and written.")
                .serviceLevelObjectives(Buckets.TOKENS)
                .tags(model.and(tags))
                .register(meters));

        received = Counter.builder("moderation.prompts")
                .description("Prompts taken in.")
                .register(meters);
        rewrites = Counter.builder("moderation.rewrites")
                .description("Answers turned down to be written anew.")
                .register(meters);
        retries = counters(meters, "moderation.retries", "Attempts that failed and are made again.", "reason");
        answers = counters(
                meters,
                "moderation.answers",
                "Answers forwarded, by what the policy did.",
                "action",
                "severity",
                "tenant");
        flags = counters(
                meters,
                "moderation.flags",
                "Flagged answers, once for each category that was exceeded.",
                "action",
                "category",
                "severity");
        rejects = counters(meters, "moderation.rejects", "Prompts that got no answer.", "reason", "stage");
        REJECTS.forEach((reason, stage) -> rejects.of(lower(reason), lower(stage)));
        durations = new Tagged<>(List.of("outcome"), tags -> Timer.builder("moderation.prompt.duration")
                .description("From a prompt's arrival until its outcome is forwarded.")
                .serviceLevelObjectives(Buckets.REQUEST)
                .tags(tags)
                .register(meters));
        scores = new Tagged<>(List.of("category"), tags -> DistributionSummary.builder("moderation.score")
                .description("Scores of forwarded answers.")
                .serviceLevelObjectives(Buckets.SCORE)
                .tags(tags)
                .register(meters));
        divergences = new Tagged<>(List.of(), tags -> DistributionSummary.builder("moderation.guidance.kl")
                .description("An answer's mean KL(guided || unguided) in nats.")
                .serviceLevelObjectives(Buckets.KL)
                .register(meters));
        // Not through Micrometer, whose summaries drop what is below 0.
        margins = Histogram.builder()
                .name("moderation_margin")
                .help("An answer's margins: signed, above 0 is the non-toxic side.")
                .labelNames("statistic", "subspace")
                .classicOnly()
                .withoutExemplars() // Micrometer leaves out the library that they need
                .classicUpperBounds(Buckets.MARGIN)
                .register(telemetry.meters().getPrometheusRegistry());
    }

    private static Tagged<Counter> counters(MeterRegistry meters, String name, String description, String... tags) {
        return new Tagged<>(List.of(tags), values -> Counter.builder(name)
                .description(description)
                .tags(values)
                .register(meters));
    }

    String modelId() {
        return modelId;
    }

    void received() {
        received.increment();
    }

    void rewritten() {
        rewrites.increment();
    }

    void retried(Reason reason) {
        retries.of(lower(reason)).increment();
    }

    /** One attempt of the engine's. */
    void attempted(Attempt attempt) {
        String operation = operation(attempt.request().prompt());
        String error = attempt.outcome() instanceof Failed failed ? lower(failed.reason()) : "";
        requests.of(operation, error).record(duration(attempt.seconds()));
        if (attempt.outcome() instanceof Completed completed) {
            completed(completed, operation);
        }
    }

    private void completed(Completed completed, String operation) {
        Timings timings = completed.timings();
        int tokens = completed.usage().outputTokens();
        firstTokens.of(operation).record(duration(timings.firstTokenSeconds()));
        if (tokens > 1) {
            double whole = timings.queueSeconds() + timings.prefillSeconds() + timings.decodeSeconds();
            outputTokens.of(operation).record(duration((whole - timings.firstTokenSeconds()) / (tokens - 1)));
        }
        usage.of(operation, "input").record(completed.usage().promptTokens());
        usage.of(operation, "output").record(tokens);
        if (!completed.margins().isEmpty()) {
            divergences.of().record(completed.usage().meanKl());
            completed.margins().forEach(this::margins);
        }
    }

    private void margins(String subspace, List<Double> values) {
        DoubleSummaryStatistics all =
                values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
        if (all.getCount() > 0) {
            margins.labelValues("mean", subspace).observe(all.getAverage());
            margins.labelValues("min", subspace).observe(all.getMin());
        }
    }

    /** An answer was forwarded. */
    void answered(Verdict verdict, String tenant, double seconds) {
        String action = lower(verdict.action());
        answers.of(action, Integer.toString(verdict.severity()), tenantTag(tenant))
                .increment();
        for (Verdict.CategoryVerdict category : verdict.categories()) {
            String name = categories.of(category.category());
            scores.of(name).record(category.score());
            if (verdict.flagged() && category.exceeded()) {
                flags.of(action, name, Integer.toString(category.severity())).increment();
            }
        }
        durations.of("result").record(duration(seconds));
    }

    /** A prompt got no answer. */
    void rejected(RejectReason reason, Stage stage, double seconds) {
        rejects.of(lower(reason), lower(stage)).increment();
        durations.of("reject").record(duration(seconds));
    }

    private String tenantTag(String tenant) {
        return tenant.equals("default") || knownTenant.test(tenant) ? tenants.of(tenant) : TagValues.OTHER;
    }

    static String operation(Prompt prompt) {
        return prompt instanceof Prompt.Chat ? "chat" : "text_completion";
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.max(0, Math.round(seconds * 1e9)));
    }
}
