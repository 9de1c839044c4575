package dev.temper.tests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.internals.StreamThread;
import org.junit.jupiter.api.Test;

/** What Grafana would not say, or say only to whoever looks. */
class DashboardsTest {
    private static final int COLUMNS = 24;
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");
    private static final Set<String> GRAFANAS_OWN = Set.of("__rate_interval", "__all");

    @Test
    void shouldUseNoVariableThatIsNotThere() throws Exception {
        for (Dashboard dashboard : Dashboard.all()) {
            // Given
            Set<String> known = new HashSet<>(GRAFANAS_OWN);
            dashboard
                    .variables()
                    .forEach(variable -> known.add(variable.path("name").asText()));

            // When
            Set<String> used = new HashSet<>();
            Matcher matcher = VARIABLE.matcher(dashboard.json().toString());
            while (matcher.find()) {
                used.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }

            // Then
            assertThat(known).as(dashboard.file()).containsAll(used);
            assertThat(used).as(dashboard.file()).contains("job", "instance", "datasource", "runbook");
        }
    }

    @Test
    void shouldSayOfEachPanelWhatItShowsInWhichUnitAndWherefrom() throws Exception {
        for (Dashboard dashboard : Dashboard.all()) {
            assertThat(dashboard.panels()).as(dashboard.file()).isNotEmpty().allSatisfy(panel -> {
                String unit = panel.path("type").asText().equals("heatmap")
                        ? panel.at("/options/yAxis/unit").asText()
                        : panel.at("/fieldConfig/defaults/unit").asText();
                assertThat(panel.path("description").asText()).isNotBlank();
                assertThat(unit).isNotBlank();
                assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
                assertThat(panel.path("targets")).isNotEmpty();
            });
        }
    }

    @Test
    void shouldLayPanelsBesideEachOther() throws Exception {
        for (Dashboard dashboard : Dashboard.all()) {
            // Given
            Set<Integer> ids = new HashSet<>();
            Set<List<Integer>> taken = new HashSet<>();

            // When
            dashboard.json().path("panels").forEach(panel -> {
                JsonNode at = panel.path("gridPos");
                String name = dashboard.file() + ", " + panel.path("title").asText();
                assertThat(ids.add(panel.path("id").asInt())).as(name).isTrue();
                assertThat(at.path("x").asInt() + at.path("w").asInt()).as(name).isLessThanOrEqualTo(COLUMNS);
                for (int x = 0; x < at.path("w").asInt(); x++) {
                    for (int y = 0; y < at.path("h").asInt(); y++) {
                        List<Integer> cell =
                                List.of(at.path("x").asInt() + x, at.path("y").asInt() + y);

                        // Then
                        assertThat(taken.add(cell)).as(name).isTrue();
                    }
                }
            });
        }
    }

    @Test
    void shouldBeProvisionedUnderNamesOfTheirOwnFromTheSourceThatIsThere() throws Exception {
        // Given
        YAMLMapper yaml = new YAMLMapper();
        JsonNode sources =
                yaml.readTree(Files.readString(Dashboard.GRAFANA.resolve("provisioning/datasources/prometheus.yml")));
        String source = sources.at("/datasources/0/uid").asText();

        // When
        List<Dashboard> all = Dashboard.all();

        // Then
        assertThat(all)
                .extracting(dashboard -> dashboard.json().path("uid").asText())
                .doesNotHaveDuplicates();
        assertThat(all)
                .flatExtracting(Dashboard::variables)
                .filteredOn(variable -> variable.path("type").asText().equals("datasource"))
                .hasSameSizeAs(all)
                .allSatisfy(variable ->
                        assertThat(variable.at("/current/value").asText()).isEqualTo(source));
    }

    /** Kafka publishes states as numbers: the order of an enumeration, which a new version may change. */
    @Test
    void shouldCallKafkasStatesByTheirNames() throws Exception {
        assertThat(mappings("Client")).isEqualTo(numbered(KafkaStreams.State.values()));
        assertThat(mappings("Threads")).isEqualTo(numbered(StreamThread.State.values()));
    }

    private static Map<String, String> mappings(String title) throws IOException {
        Map<String, String> names = new TreeMap<>();
        List<JsonNode> panels = new ArrayList<>();
        Dashboard.all().forEach(dashboard -> panels.addAll(dashboard.panels()));
        panels.stream()
                .filter(panel -> panel.path("title").asText().equals(title))
                .forEach(panel -> panel.at("/fieldConfig/defaults/mappings/0/options")
                        .properties()
                        .forEach(entry -> names.put(
                                entry.getKey(), entry.getValue().path("text").asText())));
        return names;
    }

    private static Map<String, String> numbered(Enum<?>[] states) {
        Map<String, String> names = new TreeMap<>();
        Stream.of(states).forEach(state -> names.put(Integer.toString(state.ordinal()), state.name()));
        return names;
    }
}
