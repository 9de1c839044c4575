package dev.temper.tests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.tests.Requirement;
import dev.temper.tests.stream.BrokerKind;
import dev.temper.tests.stream.ObservedSidecar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query that is shipped, asked of the real Prometheus that scrapes a running sidecar by the shipped configuration:
 * each parses, each metric, matcher and label is there, and each panel and variable has something to show. Not on a container:
 * OperationsTest sees the same metrics on both.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveQueriesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.+), (\\w+)\\)");

    @TempDir
    static Path folder;

    private ObservedSidecar sidecar;
    private Prometheus prometheus;

    /** Before the first test, which can be reported as skipped; what is before all tests cannot. */
    @BeforeEach
    void start() throws Exception {
        Requirement.PROMETHEUS.holds(Prometheus.missing());
        if (prometheus != null) {
            return;
        }
        sidecar = new ObservedSidecar(BrokerKind.EMBEDDED, folder);
        sidecar.start();
        sidecar.answerPrompts();
        prometheus = Prometheus.start(config(folder), folder);
        scraped(2);
        sidecar.answerPrompts(); // so that there are rates
        scraped(4);
    }

    @AfterAll
    void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (sidecar != null) {
            sidecar.close();
        }
    }

    /** The shipped one, with this sidecar, its token, and less patience. */
    private Path config(Path folder) throws Exception {
        ObjectNode config = (ObjectNode) AlertRules.yaml("prometheus.yml");
        Path token = Files.writeString(folder.resolve("token"), ObservedSidecar.TOKEN);
        ((ObjectNode) config.path("global")).put("scrape_interval", "500ms").put("evaluation_interval", "500ms");
        ((ObjectNode) config.at("/scrape_configs/0/authorization")).put("credentials_file", token.toString());
        ((ObjectNode) config.at("/scrape_configs/0/static_configs/0"))
                .putArray("targets")
                .add(sidecar.url().replace("http://", ""));
        Path file = folder.resolve("prometheus.yml");
        Files.copy(AlertRules.PROMETHEUS.resolve("alerts.yml"), folder.resolve("alerts.yml"));
        Files.writeString(file, new YAMLMapper().writeValueAsString(config));
        assertThat(Prometheus.promtool(folder, "check", "config", file.toString()))
                .contains("SUCCESS");
        return file;
    }

    private void scraped(int times) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(() -> {
            JsonNode count = prometheus.query("sum_over_time(up{job=\"temper\"}[1h]) >= " + times);
            return count.at("/data/result").size() == 1;
        });
    }

    /** What each of a dashboard's variables stands for when all its values are chosen. */
    private Map<String, String> variables(Dashboard dashboard) throws Exception {
        Map<String, String> values = new LinkedHashMap<>(Map.of("__rate_interval", "1m"));
        for (JsonNode variable : dashboard.variables()) {
            if (!variable.path("type").asText().equals("query")) {
                continue;
            }
            String name = variable.path("name").asText();
            Matcher query = LABEL_VALUES.matcher(variable.at("/query/query").asText());
            assertThat(query.matches()).as(name).isTrue();
            Query asked = new Query(dashboard.file() + ", variable " + name, query.group(1), true).with(values);
            Set<String> found = new TreeSet<>();
            for (JsonNode series : prometheus.series(asked.expression())) {
                found.add(series.path(query.group(2)).asText());
            }
            String usual = variable.at("/current/value").asText();
            assertThat(problems(asked)).isEmpty();
            assertThat(found).as(asked.where()).isNotEmpty().doesNotContain("");
            if (!usual.equals("$__all")) {
                assertThat(found).as(asked.where()).contains(usual);
            }
            values.put(name, usual.equals("$__all") ? String.join("|", found) : usual);
        }
        return values;
    }

    /** What is wrong with a query, as things are. */
    private List<String> problems(Query query) throws Exception {
        List<String> problems = new ArrayList<>();
        JsonNode answer = prometheus.query(query.expression());
        if (!answer.path("status").asText().equals("success")) {
            return List.of(query.where() + ": " + answer.path("error").asText());
        }
        if (query.hasAnswer() && answer.at("/data/result").isEmpty()) {
            problems.add(query.where() + ": no answer to " + query.expression());
        }
        PromQl asked = PromQl.of(query.expression());
        Set<String> labels = new TreeSet<>();
        for (String selector : asked.selectors()) {
            List<JsonNode> series = prometheus.series(selector);
            series.forEach(found -> found.fieldNames().forEachRemaining(labels::add));
            if (series.isEmpty()) {
                problems.add(query.where() + ": no series " + selector);
            }
        }
        if (asked.selectors().isEmpty()) {
            problems.add(query.where() + ": asks for nothing");
        }
        asked.labels().stream()
                .filter(label -> !labels.contains(label))
                .forEach(label -> problems.add(query.where() + ": no label " + label));
        return problems;
    }

    @Test
    void shouldFindAllThatDashboardsAndAlertsAskFor() throws Exception {
        // Given
        List<Query> queries = new ArrayList<>(AlertRules.queries());
        for (Dashboard dashboard : Dashboard.all()) {
            Map<String, String> variables = variables(dashboard);
            dashboard.queries().forEach(query -> queries.add(query.with(variables)));
        }

        // When: Kafka's own metrics come with the first look at them
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            List<String> problems = new ArrayList<>();
            for (Query query : queries) {
                problems.addAll(problems(query));
            }

            // Then
            assertThat(problems).isEmpty();
        });
        assertThat(queries).hasSizeGreaterThan(100);
    }

    @Test
    void shouldNoticeWhatIsNotThere() throws Exception {
        // Given
        Map<String, String> wrong = Map.of(
                "sum(rate(moderation_promts_total[1m]))", "no series moderation_promts_total",
                "sum(moderation_readiness{state=\"redy\"})", "no series moderation_readiness{state=\"redy\"}",
                "sum by (tennant) (moderation_answers_total)", "no label tennant",
                "sum by (job (up)", "parse error");

        for (Map.Entry<String, String> entry : wrong.entrySet()) {
            // When
            List<String> problems = problems(new Query("test", entry.getKey(), false));

            // Then
            assertThat(problems).singleElement().asString().contains(entry.getValue());
        }
    }

    @Test
    void shouldRaiseNoAlarmAboutASidecarThatIsWell() throws Exception {
        // When
        List<JsonNode> firing = prometheus.series("ALERTS{alertstate=\"firing\", severity=\"critical\"}");

        // Then
        assertThat(firing).isEmpty();
    }
}
