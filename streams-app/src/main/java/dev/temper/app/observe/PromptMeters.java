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
import java.util.List;
import java.util.Locale;
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

    private final MeterRegistry meters;
    private final String modelId;
    private final Tags model;
    private final Predicate<String> knownTenant;
    private final TagValues tenants = new TagValues(MOST_TENANTS);
    private final TagValues categories = new TagValues(MOST_CATEGORIES);
    private final Histogram margins;
    private final Counter received;
    private final Counter rewrites;

    /** @param knownTenant whether a tenant is one that moderators wrote a policy for; others are not told apart */
    PromptMeters(Telemetry telemetry, GenerationEngine.Identity engine, Predicate<String> knownTenant) {
        this.meters = telemetry.meters();
        this.knownTenant = knownTenant;
        this.modelId = engine.modelId();
        this.model = Tags.of(
                "gen_ai.provider.name", PROVIDER,
                "gen_ai.request.model", modelId,
                "gen_ai.response.model", modelId);
        // Not through Micrometer, whose summaries drop what is below 0.
        this.margins = Histogram.builder()
                .name("moderation_margin")
                .help("An answer's margins: signed, above 0 is the non-toxic side.")
                .labelNames("statistic", "subspace")
                .classicOnly()
                .withoutExemplars() // Micrometer leaves out the library that they need
                .classicUpperBounds(Buckets.MARGIN)
                .register(telemetry.meters().getPrometheusRegistry());
        this.received = Counter.builder("moderation.prompts")
                .description("Prompts taken in.")
                .register(meters);
        this.rewrites = Counter.builder("moderation.rewrites")
                .description("Answers turned down to be written anew.")
                .register(meters);
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
        Counter.builder("moderation.retries")
                .description("Attempts that failed and are made again.")
                .tag("reason", lower(reason))
                .register(meters)
                .increment();
    }

    /** One attempt of the engine's. */
    void attempted(Attempt attempt) {
        Tags tags =
                model.and("gen_ai.operation.name", operation(attempt.request().prompt()));
        String error = attempt.outcome() instanceof Failed failed ? lower(failed.reason()) : "";
        timer("gen_ai.server.request.duration", "From the offer to the engine to its outcome.", Buckets.REQUEST)
                .tags(tags.and("error.type", error))
                .register(meters)
                .record(duration(attempt.seconds()));
        if (attempt.outcome() instanceof Completed completed) {
            completed(completed, tags);
        }
    }

    private void completed(Completed completed, Tags tags) {
        Timings timings = completed.timings();
        int tokens = completed.usage().outputTokens();
        timer("gen_ai.server.time_to_first_token", "From the offer to the first token.", Buckets.FIRST_TOKEN)
                .tags(tags)
                .register(meters)
                .record(duration(timings.firstTokenSeconds()));
        if (tokens > 1) {
            double whole = timings.queueSeconds() + timings.prefillSeconds() + timings.decodeSeconds();
            timer("gen_ai.server.time_per_output_token", "Per token after the first.", Buckets.OUTPUT_TOKEN)
                    .tags(tags)
                    .register(meters)
                    .record(duration((whole - timings.firstTokenSeconds()) / (tokens - 1)));
        }
        usage(tags, "input", completed.usage().promptTokens());
        usage(tags, "output", tokens);
        if (!completed.margins().isEmpty()) {
            guidance(completed);
        }
    }

    private void usage(Tags tags, String type, int tokens) {
        DistributionSummary.builder("gen_ai.client.token.usage")
                .description("Tokens read and written.")
                .serviceLevelObjectives(Buckets.TOKENS)
                .tags(tags.and("gen_ai.token.type", type))
                .register(meters)
                .record(tokens);
    }

    private void guidance(Completed completed) {
        DistributionSummary.builder("moderation.guidance.kl")
                .description("An answer's mean KL(guided || unguided) in nats.")
                .serviceLevelObjectives(Buckets.KL)
                .register(meters)
                .record(completed.usage().meanKl());
        completed.margins().forEach((String subspace, List<Double> values) -> {
            values.stream().mapToDouble(Double::doubleValue).average().ifPresent(mean -> margins.labelValues(
                            "mean", subspace)
                    .observe(mean));
            values.stream().mapToDouble(Double::doubleValue).min().ifPresent(min -> margins.labelValues("min", subspace)
                    .observe(min));
        });
    }

    /** An answer was forwarded. */
    void answered(Verdict verdict, String tenant, double seconds) {
        String action = lower(verdict.action());
        String severity = Integer.toString(verdict.severity());
        Counter.builder("moderation.answers")
                .description("Answers forwarded, by what the policy did.")
                .tags("action", action, "severity", severity, "tenant", tenantTag(tenant))
                .register(meters)
                .increment();
        for (Verdict.CategoryVerdict category : verdict.categories()) {
            String name = categories.of(category.category());
            DistributionSummary.builder("moderation.score")
                    .description("Scores of forwarded answers.")
                    .serviceLevelObjectives(Buckets.SCORE)
                    .tag("category", name)
                    .register(meters)
                    .record(category.score());
            if (verdict.flagged() && category.exceeded()) {
                Counter.builder("moderation.flags")
                        .description("Flagged answers, once for each category that was exceeded.")
                        .tags("action", action, "category", name, "severity", Integer.toString(category.severity()))
                        .register(meters)
                        .increment();
            }
        }
        left("result", seconds);
    }

    /** A prompt got no answer. */
    void rejected(RejectReason reason, Stage stage, double seconds) {
        Counter.builder("moderation.rejects")
                .description("Prompts that got no answer.")
                .tags("reason", lower(reason), "stage", lower(stage))
                .register(meters)
                .increment();
        left("reject", seconds);
    }

    private void left(String outcome, double seconds) {
        timer("moderation.prompt.duration", "From a prompt's arrival until its outcome is forwarded.", Buckets.REQUEST)
                .tag("outcome", outcome)
                .register(meters)
                .record(duration(seconds));
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

    private static Timer.Builder timer(String name, String description, Duration[] bounds) {
        return Timer.builder(name).description(description).serviceLevelObjectives(bounds);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.max(0, Math.round(seconds * 1e9)));
    }
}
