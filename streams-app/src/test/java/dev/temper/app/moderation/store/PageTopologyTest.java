package dev.temper.app.moderation.store;

import static dev.temper.app.moderation.store.PageHarness.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTopologyTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Everything in a store, by tenant, window and name. */
    private static Map<String, Long> all(PageHarness page, String store) {
        Map<String, Long> counts = new TreeMap<>();
        try (KeyValueIterator<Windowed<String>, Counts> windows =
                page.counts(store).all()) {
            while (windows.hasNext()) {
                KeyValue<Windowed<String>, Counts> one = windows.next();
                String key = one.key.key() + " " + one.key.window().start() + " ";
                one.value.all().forEach((name, count) -> counts.put(key + name, count));
            }
        }
        return counts;
    }

    /** What a store of such windows should hold. */
    private record Recount(long stepSeconds, Map<String, Long> counts) {
        void add(String tenant, Instant at, String name) {
            long start = Math.floorDiv(at.getEpochSecond(), stepSeconds) * stepSeconds * 1000;
            counts.merge(tenant + " " + start + " " + name, 1L, Long::sum);
        }
    }

    @Test
    void shouldCountWhatARecountOfTheSameEventsCounts() {
        // Given
        SplittableRandom random = new SplittableRandom(7);
        Recount fine = new Recount(10, new TreeMap<>());
        Recount coarse = new Recount(600, new TreeMap<>());
        try (PageHarness page = new PageHarness(folder, "")) {
            for (int i = 0; i < 150; i++) {
                // In few windows, so that some hold several.
                Instant at = NOW.minusSeconds(600 * random.nextInt(4)).minusMillis(random.nextInt(30_000));
                String tenant = "tenant" + random.nextInt(3);
                Consumer<String> expect = name -> {
                    fine.add(tenant, at, name);
                    coarse.add(tenant, at, name);
                };
                if (random.nextInt(10) == 0) {
                    RejectReason reason =
                            random.nextBoolean() ? RejectReason.DEVICE_ERROR : RejectReason.PROMPT_TOO_LONG;
                    expect.accept("rejects");
                    expect.accept("reason/" + reason);

                    // When
                    page.reject(tenant, reason, at);
                    continue;
                }
                double toxicity = random.nextDouble();
                double insult = random.nextDouble();
                boolean flagged = toxicity > 0.8;
                double ms = Math.pow(2, random.nextInt(12)); // where buckets end
                expect.accept("results");
                expect.accept("score/%02d/toxicity".formatted((int) (toxicity * 20)));
                expect.accept("score/%02d/insult".formatted((int) (insult * 20)));
                expect.accept("latency/%02d".formatted(Math.round(4 * Math.log(ms) / Math.log(2))));
                if (flagged) {
                    expect.accept("flagged");
                    expect.accept("action/BLOCK");
                    expect.accept("severity/4");
                    expect.accept("category/toxicity");
                }
                ResultEvent result = PageHarness.result(
                        tenant,
                        at,
                        ms / 1000,
                        flagged,
                        new CategoryScore("toxicity", toxicity, 0.8, flagged, 4),
                        new CategoryScore("insult", insult, null, false, 0));

                // When
                page.send(result);
            }

            // Then
            assertThat(all(page, PageTopology.FINE)).isEqualTo(fine.counts());
            assertThat(all(page, PageTopology.COARSE)).isEqualTo(coarse.counts());
        }
    }

    @Test
    void shouldTellOnlySoManyTenantsAndCategoriesOfAWindowApartAndLoseNone() {
        // Given
        CategoryScore[] scores = new CategoryScore[Statistics.MOST_CATEGORIES + 50];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = new CategoryScore("category" + i, 0.1, null, false, 0);
        }
        int tenants = Statistics.MOST_TENANTS + 20;
        try (PageHarness page = new PageHarness(folder, "")) {

            // When
            for (int i = 0; i < tenants; i++) {
                page.send(PageHarness.result("tenant" + i, NOW, 0.1, false));
            }
            page.send(PageHarness.result("x".repeat(101), NOW, 0.1, false));
            page.send(PageHarness.result("tenant0", NOW, 0.1, false, scores));

            // Then
            Map<String, Long> results = new TreeMap<>();
            all(page, PageTopology.FINE).forEach((name, count) -> {
                if (name.endsWith("results")) {
                    results.put(name.substring(0, name.indexOf(' ')), count);
                }
            });
            assertThat(results).hasSize(Statistics.MOST_TENANTS + 1).containsEntry(Statistics.OTHER, 21L);
            assertThat(results.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(tenants + 2L);
            assertThat(all(page, PageTopology.FINE).entrySet().stream()
                            .filter(one -> one.getKey().contains("score/02/"))
                            .map(Map.Entry::getValue))
                    .hasSize(Statistics.MOST_CATEGORIES + 1)
                    .contains(50L);
        }
    }

    private static List<Position> positions(KeyValueIterator<Position, byte[]> from) {
        List<Position> positions = new ArrayList<>();
        try (from) {
            while (from.hasNext()) {
                positions.add(from.next().key);
            }
        }
        return positions;
    }

    @Test
    void shouldKeepTheQueueInTheOrderOfTimeAndEachAnswerOnce() {
        // Given
        SplittableRandom random = new SplittableRandom(11);
        List<Position> expected = new ArrayList<>();
        try (PageHarness page = new PageHarness(folder, "")) {

            // When
            for (int i = 0; i < 25; i++) {
                Instant at = NOW.minusMillis(random.nextInt(100_000));
                expected.add(new Position(at.toEpochMilli(), "id-" + i));
                page.send(PageHarness.flagged("id-" + i, at, "text " + i));
                page.send(PageHarness.flagged("id-" + i, at.minusSeconds(1), "again"));
            }
            expected.sort(null);

            // Then
            assertThat(positions(page.queue().all())).isEqualTo(expected);
            assertThat(positions(page.queue().reverseRange(null, expected.get(20))))
                    .hasSize(21)
                    .startsWith(expected.get(20), expected.get(19));
            assertThat(page.items().approximateNumEntries()).isEqualTo(25);
        }
    }

    @Test
    void shouldForgetWhatIsTooOldAndTheOldestOfTooMuch() {
        // Given
        try (PageHarness page = new PageHarness(folder, "moderation: {retention_hours: 1, max_flagged: 3}")) {
            page.send(PageHarness.flagged("too-old", NOW.minus(Duration.ofHours(1)), ""));
            for (int i = 0; i < 5; i++) {
                page.send(PageHarness.flagged("id-" + i, NOW.minus(Duration.ofMinutes(50 - i)), ""));
            }

            // When
            page.pass(OutcomeProcessor.EXPIRY);
            List<Position> most = positions(page.queue().all());
            page.pass(Duration.ofMinutes(13));

            // Then
            assertThat(most).extracting(Position::id).containsExactly("id-2", "id-3", "id-4");
            assertThat(positions(page.queue().all())).extracting(Position::id).containsExactly("id-4");
            assertThat(page.items().get("id-4")).isNotNull();
            assertThat(page.items().get("id-3")).isNull();
        }
    }

    @Test
    void shouldCountWhatAWrongClockDatesIntoTheFutureAsOfNow() {
        // Given
        try (PageHarness page = new PageHarness(folder, "")) {
            page.send(PageHarness.result("a", NOW, 0.1, false));

            // When
            page.send(PageHarness.result("a", NOW.plus(Duration.ofDays(1000)), 0.1, false));
            page.send(PageHarness.flagged("id", NOW.plus(Duration.ofDays(1000)), ""));

            // Then
            assertThat(all(page, PageTopology.FINE))
                    .containsEntry("a " + Math.floorDiv(NOW.toEpochMilli(), 10_000) * 10_000 + " results", 2L);
            assertThat(positions(page.queue().all())).containsExactly(new Position(NOW.toEpochMilli(), "id"));
        }
    }

    @Test
    void shouldPassOverWhatCannotBeReadAndSayHowMuch() {
        // Given
        try (PageHarness page = new PageHarness(folder, "")) {

            // When
            page.sendGarbage();
            page.send(PageHarness.result("a", NOW, 0.1, false));

            // Then
            assertThat(page.intake.unreadable()).isEqualTo(1);
            assertThat(all(page, PageTopology.FINE)).containsValue(1L);
        }
    }

    @Test
    void shouldCutAPreviewBetweenCharactersAndLeaveOutWhatIsNoNumber() throws Exception {
        // Given: each of these is two chars
        String text = "\uD83D\uDE00".repeat(FlaggedJson.PREVIEW + 1);

        // When
        JsonNode detail = new ObjectMapper()
                .readTree(
                        FlaggedJson.detail(PageHarness.flagged("id", NOW, text)).toString());

        // Then
        assertThat(detail.path("preview").asText()).isEqualTo("\uD83D\uDE00".repeat(FlaggedJson.PREVIEW));
        assertThat(detail.path("text").asText()).isEqualTo(text);
        assertThat(detail.at("/trace/tokens/0/margins")).isEmpty();
        assertThat(detail.at("/trace/tokens/1/margins/toxicity").asDouble()).isEqualTo(1);
    }

    @Test
    void shouldHaveSegmentsWithoutDataSoThatItsStateIsNotTakenForDamaged() throws Exception {
        // Given
        try (PageHarness page = new PageHarness(folder, "")) {
            assertThat(page.segments(PageTopology.FINE)).isZero();

            // When
            page.pass(OutcomeProcessor.EXPIRY);

            // Then
            for (String store : List.of(PageTopology.FINE, PageTopology.COARSE)) {
                assertThat(page.segments(store)).isEqualTo(1);
                assertThat(all(page, store)).isEmpty();
            }
        }
    }
}
