package dev.temper.tests.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.app.Operations;
import dev.temper.app.config.ConfigLoader;
import dev.temper.app.config.SidecarConfig;
import dev.temper.schemas.Topics;
import dev.temper.schemas.event.VerdictEvent;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The moderation page's API over two instances that share the partitions, one of which leaves in the end. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@ParameterizedClass
@EnumSource
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOKEN = "a-token-of-many-characters";
    private static final String HOSTILE =
            "</script><img src=x onerror=alert(1)>&\u2028<svg/onload=alert(2)> \uD83D\uDE00";
    private static final int ANSWERS = 60;
    private static final int REJECTS = 7;

    private final PageClient page = new PageClient(TOKEN);

    @TempDir
    static Path all;

    @Parameter
    BrokerKind kind;

    private Path folder;
    private boolean started;
    private Backbone backbone;
    private PageEvents events;
    private Operations first;
    private Operations second;
    private boolean secondLeft;

    /** Before the first test, which can be reported as skipped; what is before all tests cannot. */
    @BeforeEach
    void start() throws Exception {
        if (started) {
            return;
        }
        folder = all.resolve(kind.name());
        backbone = Backbone.steady(kind, folder).withTopics();
        started = true;
        events = new PageEvents(backbone);
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        for (int i = 0; i < ANSWERS; i++) {
            // Answers 0, 4, 8, ... and 1, 5, 9, ... are flagged: half of each partition's.
            String flagged = i % 4 < 2 ? HOSTILE + " number " + i : "";
            events.answer(i, i % 3 == 0 ? "garden" : "kitchen", now.minusSeconds(i), flagged);
        }
        for (int i = 0; i < REJECTS; i++) {
            events.reject(i, "garden", now.minusSeconds(i));
        }
        first = open(folder.resolve("first"), "");
        second = open(folder.resolve("second"), "");
        secondLeft = false;
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            for (Operations instance : List.of(first, second)) {
                JsonNode overview = page.get(instance, "overview?minutes=30").json();
                assertThat(overview.path("instances")).hasSize(2);
                assertThat(overview.path("missing_partitions")).isEmpty();
                assertThat(overview.at("/totals/results").asInt()).isEqualTo(ANSWERS);
                assertThat(overview.at("/totals/rejects").asInt()).isEqualTo(REJECTS);
                assertThat(page.get(instance, "flagged").json().path("open").asInt())
                        .isEqualTo(ANSWERS / 2);
            }
        });
    }

    private SidecarConfig config(Path state, String more) {
        String settings =
                """
                kafka:
                  bootstrap.servers: %s
                  application.id: %s
                  state.dir: %s
                schema_registry: {schema.registry.url: '%s'}
                admin: {port: 0, token_env: TOKEN}
                %s
                """.formatted(backbone.bootstrapServers(), backbone.application(), state, backbone.registryUrl(), more);
        return ConfigLoader.parse("test", settings, state);
    }

    private Operations open(Path state, String more) {
        SidecarConfig config = config(state, more);
        Operations operations = Operations.open(config, Map.of("TOKEN", TOKEN)::get);
        assertThat(operations.openModerationPage(config))
                .hasValue(operations.url().orElseThrow() + "/moderation/");
        return operations;
    }

    @AfterParameterizedClassInvocation
    void stop() {
        if (!started) {
            return;
        }
        started = false;
        try {
            first.close();
            if (!secondLeft) {
                second.close();
            }
            events.close();
        } finally {
            backbone.close();
        }
    }

    @Test
    @Order(1)
    void shouldAddUpTheNumbersOfAllInstancesWhicheverIsAsked() throws Exception {
        // When
        JsonNode all = page.get(first, "overview?minutes=30").json();
        JsonNode garden = page.get(second, "overview?minutes=30&tenant=garden").json();

        // Then
        assertThat(all.at("/totals/flagged").asInt()).isEqualTo(ANSWERS / 2);
        assertThat(all.at("/actions/BLOCK").asInt()).isEqualTo(ANSWERS / 2);
        assertThat(all.at("/rejects_by_reason/prompt_too_long").asInt()).isEqualTo(REJECTS);
        assertThat(all.at("/score_histogram/toxicity/edges")).hasSize(21);
        assertThat(all.at("/score_histogram/toxicity/counts/2").asInt()).isEqualTo(ANSWERS / 2);
        assertThat(all.at("/score_histogram/toxicity/counts/17").asInt()).isEqualTo(ANSWERS / 2);
        assertThat(all.at("/latency_ms/p50").asDouble()).isBetween(84.0, 119.0);
        assertThat(garden.at("/totals/results").asInt()).isEqualTo(ANSWERS / 3);
        assertThat(garden.path("tenants")).extracting(JsonNode::asText).containsExactly("garden", "kitchen");
        int inSeries = 0;
        Map<String, Integer> byTenant = new TreeMap<>();
        for (JsonNode step : all.path("series")) {
            assertThat(step.path("at").asLong() % all.path("step_ms").asLong()).isZero();
            inSeries += step.at("/flagged_by_category/toxicity").asInt();
            for (String field : List.of("results_by_tenant", "flagged_by_tenant")) {
                step.path(field)
                        .fields()
                        .forEachRemaining(tenant -> byTenant.merge(
                                field + " " + tenant.getKey(), tenant.getValue().asInt(), Integer::sum));
            }
        }
        assertThat(inSeries).isEqualTo(ANSWERS / 2);
        // Of every twelve answers in turn four are the garden's, two of these flagged, and four of the kitchen's eight.
        assertThat(byTenant)
                .isEqualTo(Map.of(
                        "results_by_tenant garden",
                        ANSWERS / 3,
                        "results_by_tenant kitchen",
                        2 * ANSWERS / 3,
                        "flagged_by_tenant garden",
                        ANSWERS / 6,
                        "flagged_by_tenant kitchen",
                        ANSWERS / 3));
    }

    @Test
    @Order(2)
    void shouldPageThroughTheQueueOfAllInstancesNewestFirst() throws Exception {
        // When
        List<JsonNode> here = page.pages(first, "");
        List<JsonNode> there = page.pages(second, "");

        // Then
        assertThat(PageClient.ids(here))
                .hasSize(ANSWERS / 2)
                .doesNotHaveDuplicates()
                .isEqualTo(PageClient.ids(there));
        assertThat(here)
                .isSortedAccordingTo(Comparator.comparingLong(
                                (JsonNode item) -> item.path("at").asLong())
                        .reversed());
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource({
        "state=open&tenant=garden, 10",
        "category=toxicity&min_severity=4, 30",
        "min_severity=6, 0",
        "category=insult, 0",
        "action=block, 30",
        "action=audit, 0",
        "q=NUMBER+12, 1",
        "q=question+5, 5",
        "q=flagged-20, 1",
        "q=nowhere, 0",
        "state=reviewed, 0"
    })
    void shouldFilterTheQueue(String query, int expected) throws Exception {
        assertThat(page.pages(first, query)).hasSize(expected);
    }

    @Test
    @Order(3)
    void shouldShowAnItemOfWhicheverInstanceAsJsonThatIsInert() throws Exception {
        for (int i : List.of(0, 1)) { // of either partition
            // When
            PageClient.Answer answer = page.get(first, "flagged/" + PageEvents.flaggedId(i));

            // Then
            JsonNode item = answer.json();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain("<", ">", "&", "\u2028");
            assertThat(item.path("text").asText()).isEqualTo(HOSTILE + " number " + i);
            assertThat(item.path("preview").asText()).startsWith(HOSTILE);
            assertThat(item.at("/messages/0/role").asText()).isEqualTo("user");
            assertThat(item.at("/messages/0/content").asText()).isEqualTo("question " + i);
            assertThat(item.at("/trace/tokens/0/text").asText()).isEqualTo("first");
            assertThat(item.at("/trace/tokens/1/margins/toxicity").asDouble()).isEqualTo(0.25);
            assertThat(item.at("/subspaces/toxicity").asText()).isEqualTo("5ca1ab1e");
            assertThat(item.at("/parameters/betas/toxicity").asDouble()).isEqualTo(2);
            assertThat(item.path("latency_ms").asInt()).isEqualTo(100);
            assertThat(item.path("verdict").isNull()).isTrue();
        }
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource(delimiter = '|', textBlock = """
            overview?minutes=0         | 400 | minutes must be a whole number from 1 to 10080
            overview?minutes=x         | 400 | minutes must be
            flagged?state=lost         | 400 | state must be open, reviewed or all
            flagged?limit=1000         | 400 | limit must be a whole number from 1 to 200
            flagged?before=yesterday   | 400 | before must be the next of an earlier answer
            flagged/nobody             | 404 | no flagged answer has this id
            flagged/a%2f..%2fb         | 404 | there is /api/v1/flagged/ID
            flagged/                   | 404 | there is /api/v1/flagged/ID
            local/overview?from=1&to=2 | 400 | from, to and step
            nothing                    | 404 | there is
            """)
    void shouldSayWhatIsWrongWithAQuestion(String path, int status, String said) throws Exception {
        // When
        PageClient.Answer answer = page.get(first, path);

        // Then
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("error").asText()).contains(said);
    }

    @Test
    @Order(3)
    void shouldTellNothingToStrangers() throws Exception {
        // Given
        PageClient stranger = new PageClient("");

        for (String path : List.of("overview", "flagged", "flagged/flagged-0", "events", "local/flagged/flagged-0")) {
            // When
            PageClient.Answer answer = stranger.get(first, path);

            // Then
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.json().path("error").asText()).contains("token");
        }
    }

    @Test
    @Order(3)
    void shouldHaveNoPageWhereItIsSwitchedOff() throws Exception {
        // Given
        SidecarConfig config = config(folder.resolve("off"), "moderation: {enabled: false}");
        try (Operations off = Operations.open(config, Map.of("TOKEN", TOKEN)::get)) {

            // When, Then
            assertThat(off.openModerationPage(config)).isEmpty();
            assertThat(page.get(off, "overview").status()).isEqualTo(404);
            assertThat(new PageClient("").open(off, "/moderation/").status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @Order(4)
    @CsvSource(delimiter = '|', textBlock = """
            flagged-0   | {                                               | 400
            flagged-0   | []                                              | 400
            flagged-0   | {"verdict": "bad"}                              | 400
            flagged-0   | {"verdict": "toxic", "verdict": "unsure"}       | 400
            flagged-0   | {"verdict": "toxic", "more": 1}                 | 400
            flagged-0   | {"verdict": "toxic", "reviewer": 7}             | 400
            flagged-0   | {"verdict": "toxic"} {}                         | 400
            flagged-999 | {"verdict": "toxic"}                            | 404
            """)
    void shouldPublishNoVerdictThatIsNone(String id, String body, int status) throws Exception {
        // When
        PageClient.Answer answer = page.judge(first, id, body);

        // Then
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("error").asText()).isNotEmpty();
    }

    @Test
    @Order(5)
    void shouldPublishAVerdictAndShowItOnAllInstances() throws Exception {
        // When
        for (int i : List.of(0, 1)) {
            PageClient.Answer answer = page.judge(
                    second,
                    PageEvents.flaggedId(i),
                    "{\"verdict\": \"not_toxic\", \"reviewer\": \"<b>ann\", \"note\": \"a \\ud800 note\"}");
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.json().at("/verdict/verdict").asText()).isEqualTo("not_toxic");
        }
        PageClient.Answer again = page.judge(first, PageEvents.flaggedId(0), "{\"verdict\": \"toxic\"}");
        assertThat(again.status()).isEqualTo(202);

        // Then
        for (Operations instance : List.of(first, second)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                List<JsonNode> reviewed = page.pages(instance, "state=reviewed");
                assertThat(PageClient.ids(reviewed)).containsExactlyInAnyOrder("flagged-0", "flagged-1");
                assertThat(reviewed)
                        .extracting(item -> item.at("/verdict/verdict").asText())
                        .containsExactlyInAnyOrder("toxic", "not_toxic");
            });
        }
        assertThat(page.pages(first, "state=open")).hasSize(ANSWERS / 2 - 2);
        assertThat(page.pages(first, "state=all")).hasSize(ANSWERS / 2);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        page.get(first, "flagged").json().path("open").asInt())
                .isEqualTo(ANSWERS / 2 - 2));
        List<ConsumerRecord<byte[], byte[]>> records = backbone.committed(Topics.VERDICTS, Duration.ofMillis(300));
        assertThat(records).hasSize(3).allSatisfy(record -> {
            VerdictEvent verdict =
                    backbone.serde(VerdictEvent.class).deserializer().deserialize(Topics.VERDICTS, record.value());
            assertThat(new String(record.key(), UTF_8)).isEqualTo(verdict.getFlaggedEventId());
            assertThat(verdict.getResultEventId()).startsWith("result-");
            assertThat(verdict.getTenant()).isNotEmpty();
        });
    }

    @Test
    @Order(6)
    void shouldTellOfWhatIsFlaggedAndJudgedAndGoOnElsewhereWhereAReaderWas() throws Exception {
        // Given
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        PageClient.Sent before;
        try (InputStream stream = page.stream(first, "")) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8));
            PageClient.next(lines, "ping");

            // When
            events.answer(100, "garden", now, HOSTILE);
            events.answer(101, "garden", now, HOSTILE);

            // Then
            List<String> told = new ArrayList<>();
            before = PageClient.next(lines, "flagged");
            told.add(before.data().path("id").asText());
            told.add(PageClient.next(lines, "flagged").data().path("id").asText());
            assertThat(told).containsExactlyInAnyOrder("flagged-100", "flagged-101");
            assertThat(PageClient.next(lines, "overview").data().path("results").isIntegralNumber())
                    .isTrue();
        }

        // When: it comes back behind the first of them, at another instance
        await().atMost(PATIENCE)
                .until(() -> page.judge(second, "flagged-100", "{\"verdict\": \"unsure\"}")
                                .status()
                        == 202);
        String told = before.data().path("id").asText();
        try (InputStream stream = page.stream(second, before.id())) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, UTF_8));

            // Then
            assertThat(PageClient.next(lines, "flagged").data().path("id").asText())
                    .isEqualTo(told.equals("flagged-100") ? "flagged-101" : "flagged-100");
        }
        try (InputStream stream = page.stream(second, before.id())) {
            PageClient.Sent verdict =
                    PageClient.next(new BufferedReader(new InputStreamReader(stream, UTF_8)), "verdict");
            assertThat(verdict.data().path("id").asText()).isEqualTo("flagged-100");
            assertThat(verdict.data().at("/verdict/verdict").asText()).isEqualTo("unsure");
        }
    }

    @Test
    @Order(7)
    void shouldBeWholeWhenAnInstanceHasLeft() throws Exception {
        // When
        secondLeft = true;
        second.close();

        // Then
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            JsonNode overview = page.get(first, "overview?minutes=30").json();
            assertThat(overview.path("instances")).hasSize(1);
            assertThat(overview.path("missing_partitions")).isEmpty();
            assertThat(overview.at("/totals/results").asInt()).isEqualTo(ANSWERS + 2);
            assertThat(page.pages(first, "state=all")).hasSize(ANSWERS / 2 + 2);
            assertThat(page.get(first, "flagged/flagged-0")
                            .json()
                            .at("/verdict/verdict")
                            .asText())
                    .isEqualTo("toxic");
            assertThat(page.get(first, "flagged/flagged-1")
                            .json()
                            .at("/verdict/verdict")
                            .asText())
                    .isEqualTo("not_toxic");
        });
    }

    @Test
    @Order(8)
    void shouldNameAnInstanceThatDoesNotAnswerAndShowTheRest() throws Exception {
        // Given: one that says it is where nobody listens
        String nowhere = "http://127.0.0.1:1";
        Operations lost = open(folder.resolve("lost"), "moderation: {advertised_url: '" + nowhere + "'}");
        try {

            // When
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                JsonNode overview = page.get(first, "overview?minutes=30").json();
                assertThat(overview.path("missing_partitions")).hasSize(1);

                // Then
                assertThat(overview.path("instances")).hasSize(2);
                assertThat(overview.at("/instances/1/url").asText()).isEqualTo(nowhere);
                assertThat(overview.at("/instances/1/reachable").asBoolean(true))
                        .isFalse();
                assertThat(overview.at("/instances/1/error").asText()).contains("does not answer");
                assertThat(overview.at("/totals/results").asInt()).isEqualTo(ANSWERS / 2 + 1);
                assertThat(page.pages(first, "state=all")).hasSize(ANSWERS / 4 + 1);
                List<Integer> found = new ArrayList<>();
                for (int i : List.of(0, 1)) {
                    found.add(page.get(first, "flagged/" + PageEvents.flaggedId(i))
                            .status());
                }
                assertThat(found).containsExactlyInAnyOrder(200, 503);
            });
        } finally {
            lost.close();
        }
    }
}
