package dev.temper.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.schemas.Topics;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What operators see of a running sidecar that has answered, flagged, tried again and rejected. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@ParameterizedClass
@EnumSource
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperationsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Path METRICS_PAGE = Path.of("../docs/metrics.md");
    /** {@code | `name` | type | `label`, `label` | meaning |} */
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (counter|gauge|histogram) \\|([^|]*)\\|.*");

    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Parameter
    BrokerKind kind;

    @TempDir
    static Path folder;

    private ObservedSidecar sidecar;
    private boolean started;

    /** Before the first test, which can be reported as skipped; what is before all tests cannot. */
    @BeforeEach
    void start() throws Exception {
        if (started) {
            return;
        }
        sidecar = new ObservedSidecar(kind, folder.resolve(kind.name()));
        started = true;
        assertThat(sidecar.get("/startupz").statusCode()).isEqualTo(503);
        sidecar.start();
        sidecar.answerPrompts();
    }

    @AfterParameterizedClassInvocation
    void stop() {
        if (started) {
            sidecar.close();
            started = false;
        }
    }

    /** Name to type and labels: {@code histogram [outcome]}. */
    private static Map<String, String> families(String scrape) {
        Map<String, String> types = new HashMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        scrape.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                types.put(words[2], words[3]);
                return;
            }
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                String name = sample.group(1);
                String family = types.containsKey(name) ? name : name.replaceFirst("_(bucket|count|sum)$", "");
                Set<String> own = labels.computeIfAbsent(family, key -> new TreeSet<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        own.add(label.group(1));
                    }
                }
            }
        });
        return labels.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> types.get(entry.getKey()) + " " + entry.getValue(),
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(METRICS_PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> labels = Arrays.stream(row.group(3).split(","))
                        .map(label -> label.strip().replace("`", ""))
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
                rows.put(row.group(1), row.group(2) + " " + labels);
            }
        }
        return rows;
    }

    @Test
    void shouldShowExactlyTheMetricsThatTheDocumentationLists() throws Exception {
        // Given
        Map<String, String> documented = documented();

        // When: Kafka's own are looked for now and then
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(
                        families(sidecar.scrape("text/plain").body()))
                .containsAllEntriesOf(documented));

        // Then
        HttpResponse<String> answer = sidecar.scrape("text/plain");
        Map<String, String> shown = families(answer.body());
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(ours(shown)).isEqualTo(ours(documented)).hasSizeGreaterThan(30);
        assertThat(shown.keySet())
                .noneMatch(name -> name.startsWith("page_kafka_stream_state_"))
                .anyMatch(name -> name.startsWith("kafka_stream_state_"));
    }

    private static Map<String, String> ours(Map<String, String> families) {
        Map<String, String> ours = new TreeMap<>(families);
        ours.keySet().removeIf(name -> !name.startsWith("gen_ai_") && !name.startsWith("moderation_"));
        return ours;
    }

    @Test
    void shouldCountWhatHappenedAndNameNobody() throws Exception {
        // When
        String scrape = sidecar.scrape("text/plain").body();

        // Then
        List<String> lines = scrape.lines().toList();
        assertThat(lines)
                .contains("moderation_rejects_total{reason=\"unreadable_record\",stage=\"deserialization\"} 1.0")
                .contains("moderation_prompt_duration_seconds_count{outcome=\"result\"} " + ObservedSidecar.PROMPTS)
                .contains("moderation_margin_sum{statistic=\"min\",subspace=\"toxicity\"} "
                        + -3.0 * ObservedSidecar.PROMPTS)
                .contains("moderation_readiness{state=\"ready\"} 1.0")
                .contains("moderation_inbox_prompts 0.0")
                .contains("moderation_kv_limit_bytes 40.0");
        assertThat(sum(lines, "moderation_prompts_total")).isEqualTo(ObservedSidecar.PROMPTS + 1);
        assertThat(sum(lines, "moderation_answers_total{.*tenant=\"default\"}")).isEqualTo(ObservedSidecar.PROMPTS / 2);
        assertThat(sum(lines, "moderation_answers_total{.*tenant=\"other\"}")).isEqualTo(ObservedSidecar.PROMPTS / 2);
        assertThat(sum(lines, "moderation_flags_total{.*"))
                .isEqualTo(sidecar.backbone().count(Topics.FLAGGED))
                .isPositive();
        assertThat(sum(lines, "gen_ai_client_token_usage_sum{.*type=\"input\"}"))
                .isEqualTo(20.0 * ObservedSidecar.PROMPTS);
        assertThat(sum(lines, "gen_ai_server_request_duration_seconds_count{error_type=\"device_error\".*"))
                .isEqualTo(sum(lines, "moderation_retries_total{reason=\"device_error\"}"))
                .isPositive();
        assertThat(scrape).doesNotContain(ObservedSidecar.SECRET);
    }

    private static double sum(List<String> lines, String pattern) {
        Pattern series = Pattern.compile("(?:" + pattern.replace("{", "\\{").replace("}", "\\}") + ") (\\S+)");
        return lines.stream()
                .map(series::matcher)
                .filter(Matcher::matches)
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    @Test
    void shouldSpeakOpenMetricsToWhoeverAsksForItAndNothingToStrangers() throws Exception {
        // When
        HttpResponse<String> open = sidecar.scrape("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        HttpResponse<String> stranger = sidecar.get("/metrics");

        // Then
        assertThat(open.headers().firstValue("Content-Type"))
                .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body()).endsWith("# EOF\n");
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).doesNotContain("moderation_");
    }

    @Test
    void shouldBeReadyAsLongAsTheRegistryAnswers() throws Exception {
        // Given
        await().atMost(PATIENCE).until(() -> sidecar.get("/readyz").statusCode() == 200);

        // When
        sidecar.backbone().stopRegistry();
        await().atMost(PATIENCE).until(() -> sidecar.get("/readyz").statusCode() == 503);
        HttpResponse<String> away = sidecar.get("/readyz");
        int alive = sidecar.get("/livez").statusCode();
        sidecar.backbone().startRegistry();

        // Then
        await().atMost(PATIENCE).until(() -> sidecar.get("/readyz").statusCode() == 200);
        assertThat(away.body())
                .contains("\"state\":\"cut_off\",\"cause\":\"registry: ")
                .contains("{\"subject\":\"topic temper.prompts\",\"ok\":true");
        assertThat(alive).isEqualTo(200);
        assertThat(sidecar.get("/startupz").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(Integer.MAX_VALUE) // the page does not come back
    void shouldGoOnWithoutThePage() throws Exception {
        // Given: the page has read a verdict
        String flagged = "/api/v1/flagged/"
                + sidecar.api("/api/v1/flagged?state=all").at("/items/0/id").asText();
        assertThat(sidecar.judge(flagged).statusCode()).isEqualTo(202);
        await().atMost(PATIENCE)
                .until(() ->
                        sidecar.api(flagged).at("/verdict/verdict").asText().equals("toxic"));

        // When: that topic is another one now, and the page's reader of it dies
        sidecar.backbone().replaceTopic(Topics.VERDICTS);
        await().atMost(PATIENCE)
                .until(() ->
                        sidecar.scrape("text/plain").body().contains("moderation_page_state{state=\"ended\"} 1.0"));

        // Then
        sidecar.answerPrompts();
        await().atMost(PATIENCE).until(() -> sidecar.get("/readyz").statusCode() == 200);
        assertThat(sidecar.get("/livez").statusCode()).isEqualTo(200);
        assertThat(sidecar.scrape("text/plain").body()).contains("moderation_readiness{state=\"ready\"} 1.0");
        assertThat(sidecar.api("/api/v1/overview").path("error").asText()).contains("does not run");
    }
}
