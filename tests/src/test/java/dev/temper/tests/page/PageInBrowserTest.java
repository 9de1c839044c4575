package dev.temper.tests.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.tests.Requirement;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The moderation page in a browser, with sample data behind it. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageInBrowserTest {
    private static final String LIVE = "document.getElementById('live').dataset.state === 'live'";
    private static final String LISTED = "document.querySelectorAll('#list li').length > 0";

    private Browser browser;
    private StubModeration stub;

    /** Each on a port of its own, so each test has a storage of its own. */
    @BeforeEach
    void startServer() throws IOException {
        Requirement.BROWSER.holds(Browser.missing());
        if (browser == null) {
            browser = new Browser();
            browser.beforeEachPage(Hostile.CANARY);
        }
        stub = new StubModeration(70);
        browser.look(1280, 860, "light");
    }

    @AfterEach
    void shouldHaveKeptToThePolicy() {
        if (browser == null) {
            return; // skipped
        }
        stub.close();
        assertThat(browser.console())
                .noneMatch(line -> line.contains("Content Security Policy") || line.contains("Uncaught"));
    }

    @AfterAll
    void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private void openReview() {
        browser.open(stub.url() + "#/review");
        browser.until(LISTED + " && " + LIVE);
    }

    private static String shows(String id) {
        return "location.hash === '#/review/" + id + "' && document.querySelector('.said.flagged')"
                + " && document.getElementById('item').getAttribute('aria-busy') === 'false'";
    }

    private String verdictOf(String id) {
        return stub.item(id).at("/verdict/verdict").asText();
    }

    @Test
    void shouldLetAReviewerWorkThroughTheQueueByKeyboard() {
        // Given
        openReview();

        // When: to the first, to the second and back; verdicts lead to the next
        browser.press("j");
        browser.until(shows("sample-0"));
        browser.press("j");
        browser.until(shows("sample-1"));
        browser.press("k");
        browser.until(shows("sample-0"));
        browser.press("n", "a note with 1 and 2", Keys.ESCAPE, "2");
        browser.until(shows("sample-1"));
        browser.press("1");
        browser.until(shows("sample-2"));
        browser.press("3");
        browser.until(shows("sample-3"));

        // Then
        assertThat(List.of(verdictOf("sample-0"), verdictOf("sample-1"), verdictOf("sample-2")))
                .containsExactly("not_toxic", "toxic", "unsure");
        assertThat(stub.item("sample-0").at("/verdict/note").asText()).isEqualTo("a note with 1 and 2");
        assertThat(stub.item("sample-1").at("/verdict/note").isNull()).isTrue();
        assertThat(browser.text("#row-0 .verdict-badge")).isEqualTo("Not toxic");
        browser.press(Keys.ESCAPE);
        browser.until("location.hash === '#/review'");
        browser.press("?");
        browser.until("document.getElementById('help-dialog').open");
        browser.press(Keys.ESCAPE);
        browser.until("!document.getElementById('help-dialog').open");
    }

    @Test
    void shouldCoverTextsUntilAskedAndRememberWhoDoesNotWantThat() {
        // Given
        openReview();
        browser.press("j");
        browser.until(shows("sample-0"));
        String covered =
                "document.querySelector('.covered').inert && document.getElementById('item').classList.contains('is-covered')";
        assertThat(browser.isTrue(covered)).isTrue();

        // When
        browser.press("s");

        // Then: this text is shown, the next one is covered again
        assertThat(browser.isTrue(covered)).isFalse();
        browser.press("j");
        browser.until(shows("sample-1"));
        assertThat(browser.isTrue(covered)).isTrue();
        browser.click("#cover");
        openReview();
        browser.press("j");
        browser.until(shows("sample-0"));
        assertThat(browser.isTrue(covered)).isFalse();
    }

    @Test
    void shouldListWhatTheFiltersAskFor() {
        // Given
        openReview();

        // When
        browser.press("/", "tomatoes");

        // Then
        browser.until(
                "[...document.querySelectorAll('#list li')].length === 12"
                        + " && [...document.querySelectorAll('#list .preview')].every((one) => one.textContent.includes('tomatoes'))");
        browser.click("#more-filters summary");
        browser.until("[...document.querySelector('[name=tenant]').options].some((one) => one.value === 'default')");
        browser.run("const tenant = document.querySelector('[name=tenant]'); tenant.value = 'default';"
                + " tenant.dispatchEvent(new Event('change', {bubbles: true}))");
        browser.until(
                "[...document.querySelectorAll('#list li')].length === 6"
                        + " && [...document.querySelectorAll('#list .row-foot .name')].every((one) => one.textContent === 'default')");
        assertThat(browser.text("#filter-count")).isEqualTo("1");
        browser.run("document.getElementById('search').value += ' nowhere';"
                + " document.getElementById('search').dispatchEvent(new Event('input'))");
        browser.until("document.getElementById('queue-state').innerText === 'Nothing matches these filters.'");
    }

    @Test
    void shouldLoadOlderOnesWhenAsked() {
        // Given
        openReview();

        // When
        browser.click("#more");

        // Then
        browser.until("document.querySelectorAll('#list li').length === 70 && document.getElementById('more').hidden");
    }

    @Test
    void shouldShowWhatHappensWhileOneLooks() {
        // Given
        openReview();
        browser.run("globalThis.sameDocument = true");
        browser.press("j");
        browser.until(shows("sample-0"));

        // When
        stub.flag("late", "default", "a question", "Late, but rude like a goose.");

        // Then: it is the first in the list; what was looked at stays
        browser.until("document.querySelector('#row-0 .preview')?.textContent === 'Late, but rude like a goose.'");
        assertThat(browser.isTrue("document.querySelector('#row-1').getAttribute('aria-selected') === 'true'"))
                .isTrue();
        assertThat(browser.isTrue("globalThis.sameDocument && " + shows("sample-0")))
                .isTrue();
        assertThat(browser.text("#open-count")).isEqualTo("71");

        // When: the list lags behind the events
        stub.flagBeforeTheListHasIt("later", "Later than its event.");

        // Then
        browser.until("document.querySelector('#row-0 .preview')?.textContent === 'Later than its event.'");
    }

    @Test
    void shouldSayThatItIsCutOffAndGoOnAfterTheLastEvent() throws IOException {
        // Given
        openReview();
        stub.flag("before", "default", "a question", "Before the outage.");
        browser.until("document.querySelector('#row-0 .preview')?.textContent === 'Before the outage.'");

        // When
        stub.failWith(503);
        stub.cut();

        // Then
        browser.until("document.getElementById('live-text').textContent === 'Disconnected'");
        assertThat(browser.text("#announce")).contains("Disconnected");
        stub.failWith(0);
        stub.flag("meanwhile", "default", "a question", "During the outage.");
        browser.click("#live");
        browser.until(LIVE);
        browser.until("document.querySelector('#row-0 .preview')?.textContent === 'During the outage.'");
        assertThat(stub.resumedFrom().get(0)).isEmpty();
        assertThat(stub.resumedFrom().get(stub.resumedFrom().size() - 1)).isNotEmpty();
    }

    @Test
    void shouldAskForTheTokenAndKeepItForThisTabOnly() {
        // Given
        stub.askFor("a-token-of-many-characters");
        browser.open(stub.url() + "#/review");
        browser.until("document.getElementById('token-dialog').open");

        // When: a wrong one, then the right one
        browser.press("wrong", Keys.ENTER);
        browser.until("document.getElementById('token-dialog').open && !document.getElementById('token-error').hidden");
        browser.press("a-token-of-many-characters", Keys.ENTER);

        // Then
        browser.until(LISTED + " && " + LIVE + " && !document.getElementById('token-dialog').open");
        assertThat(browser.isTrue("Object.values(sessionStorage).includes('a-token-of-many-characters')"))
                .isTrue();
        assertThat(browser.isTrue("JSON.stringify({...localStorage}).includes('a-token') || document.cookie !== ''"
                        + " || location.href.includes('a-token')"))
                .isFalse();
    }

    @Test
    void shouldSayWhatIsWrongAndRecoverWhenTheServiceCannotAnswer() {
        // Given
        stub.failWith(503);
        browser.open(stub.url() + "#/review");
        browser.until("!document.getElementById('problem').hidden");
        String said = browser.text("#problem-text");

        // When
        stub.failWith(0);
        browser.click("#problem-retry");

        // Then
        assertThat(said).isEqualTo("the stores are being restored; wait a little");
        browser.until(LISTED + " && document.getElementById('problem').hidden");
    }

    @Test
    void shouldTryAVerdictAgainForTheAnswerThatItWasMeantFor() {
        // Given
        openReview();
        browser.press("j");
        browser.until(shows("sample-0"));
        stub.failWith(503);
        browser.press("1");
        browser.until("!document.getElementById('problem').hidden && !document.querySelector('.saving')");

        // When: another answer is shown when it is tried again
        stub.failWith(0);
        browser.press("j");
        browser.until(shows("sample-1"));
        browser.click("#problem-retry");

        // Then
        browser.until("document.querySelector('#row-0 .verdict-badge')?.textContent === 'Toxic'");
        assertThat(verdictOf("sample-0")).isEqualTo("toxic");
        assertThat(stub.item("sample-1").get("verdict").isNull()).isTrue();
    }

    @Test
    void shouldTellTheMarginOfEachTokenToTheKeyboard() {
        // Given
        openReview();
        browser.press("j");
        browser.until(shows("sample-0"));

        // When
        browser.press("s", "t", Keys.HOME, Keys.ARROW_RIGHT);

        // Then: the second token, which is a comma; the readout says the same as the slider
        assertThat(browser.run("return document.activeElement.getAttribute('aria-valuetext')")
                        .toString())
                .matches(",: [+−]\\d\\.\\d\\d, (away from|toward) the toxic side");
        assertThat(browser.text(".trace-told")).startsWith("Token 2 of 47");
        assertThat(browser.text(".pulled .chip")).startsWith("pestering −");
        assertThat(
                        browser.isTrue(
                                "document.querySelector('.token.pull-4') !== null"
                                        + " && parseFloat(getComputedStyle(document.querySelector('.token.pull-4')).borderBottomWidth) >= 3"))
                .isTrue();
    }

    @Test
    void shouldReadOutTheChartsToTheKeyboard() {
        // Given
        stub.poison("sample-0", "hot-tenant"); // has 50 answers a minute, 40 of them flagged
        browser.open(stub.url());
        browser.until("document.querySelector('#throughput svg')");

        // When
        browser.run("document.querySelector('#throughput .plot').focus()");
        browser.press(Keys.ARROW_LEFT);

        // Then
        assertThat(browser.run("return document.activeElement.getAttribute('aria-valuetext')")
                        .toString())
                .matches("\\d\\d:\\d\\d: passed \\d+, flagged \\d+, rejected \\d+");
        assertThat(browser.text("#tiles"))
                .contains("Answers")
                .contains("Flagged")
                .contains("p50");
        assertThat(browser.text("#by-tenant .legend"))
                .containsPattern("hot-tenant\\s*80%")
                .contains("blue-harbour");
        assertThat(browser.text("#outcomes")).contains("deadline exceeded");
    }

    @Test
    void shouldTakeTextsAsTextWhereverTheyStand() {
        // Given
        for (int i = 0; i < Hostile.TEXTS.size(); i++) {
            String text = Hostile.TEXTS.get(i);
            stub.flag("hostile-" + i, text, text, text);
            stub.poison("hostile-" + i, text);
        }

        // When
        openReview();
        browser.click("#cover");

        // Then: all are listed, and each is shown as it is
        Hostile.assertHarmless(browser);
        browser.press("j");
        for (int i = Hostile.TEXTS.size() - 1; i >= 0; i--) {
            String text = Hostile.TEXTS.get(i);
            browser.until(shows("hostile-" + i));
            assertThat(browser.run("return document.querySelector('.said.flagged .text').textContent"))
                    .isEqualTo(text);
            assertThat(browser.run("return document.querySelector('#item > header .name').textContent"))
                    .isEqualTo(text);
            assertThat(browser.run("return document.querySelector('.scores .name').textContent"))
                    .isEqualTo(text);
            browser.run("document.querySelector('.facts').open = true; document.querySelector('#note').focus();"
                    + " document.querySelector('#strip').focus()");
            Hostile.assertHarmless(browser);
            browser.press("j");
        }
        browser.press("o");
        browser.until("document.querySelector('#by-category .legend')?.textContent.includes('<script>')");
        Hostile.assertHarmless(browser);
    }

    @Test
    void shouldShowWhatHasNoShapeAndHoldWhatIsTooWide() {
        // Given
        stub.flag("wide", Hostile.UNBREAKABLE, Hostile.UNBREAKABLE, Hostile.UNBREAKABLE);
        stub.flag("unseen", "a\u202Eb", Hostile.UNSEEN, Hostile.UNSEEN);
        browser.look(360, 740, "dark");

        // When
        browser.open(stub.url() + "#/review/unseen");
        browser.until(shows("unseen"));

        // Then
        assertThat(browser.run("return document.querySelector('.said.flagged .text').textContent")
                        .toString())
                .isEqualTo("safeU+202Etxt.exeU+202C aU+200BbU+FEFFcU+2066dU+2069 eU+0000f gU+E0041 "
                        + "h\u0301\u0301\u0301+37 marks \uD83D\uDC69\u200D\uD83D\uDCBB");
        assertThat(browser.text("#item > header .name")).isEqualTo("aU+202Eb");
        for (String view : List.of("#/overview", "#/review", "#/review/wide", "#/review/unseen")) {
            browser.run("location.hash = arguments[0]", view);
            browser.until(view.contains("wide") || view.contains("unseen") ? shows(view.substring(9)) : "true");
            assertThat(browser.run(
                            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                    .as("what sticks out of a phone at " + view)
                    .isEqualTo(0L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void shouldHaveNoBarrierInEitherScheme(String scheme) throws IOException {
        // Given
        stub.close();
        stub = new StubModeration(8);
        browser.look(1280, 860, scheme);
        browser.open(stub.url() + "#/review/sample-0");
        browser.until(LISTED + " && " + shows("sample-0") + " && " + LIVE);
        browser.press("s");

        // When
        browser.until("document.querySelector('.strip')");
        List<String> review = browser.barriers(scheme.equals("dark"));
        browser.press("o");
        browser.until("document.querySelector('#by-tenant svg')");
        List<String> overview = browser.barriers(scheme.equals("dark"));

        // Then
        assertThat(review).isEmpty();
        assertThat(overview).isEmpty();
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(scheme.equals("dark") ? "rgb(14, 18, 24)" : "rgb(244, 245, 247)");
        // The reviewer's own choice goes before the system's.
        browser.click("#theme");
        browser.click("#theme");
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(244, 245, 247)");
    }

    @Test
    void shouldGoOnWithNothingToShow() throws IOException {
        // Given
        stub.close();
        stub = new StubModeration(0);

        // When
        browser.open(stub.url() + "#/review/no-such-answer");

        // Then
        browser.until("document.getElementById('queue-state').innerText.startsWith('Nothing to review.')");
        await().until(() -> browser.text("#item").contains("not kept any more"));
        browser.press("o");
        browser.until("document.getElementById('throughput').innerText.includes('No prompt was answered in this time.')"
                + " && document.getElementById('by-category').innerText.includes('Nothing was flagged in this time.')");
        assertThat(browser.text("#tiles")).contains("no answers yet").contains("–");
        assertThat(browser.text("#outcomes")).contains("None was.");
    }
}
