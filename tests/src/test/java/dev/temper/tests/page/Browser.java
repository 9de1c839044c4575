package dev.temper.tests.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.openqa.selenium.NoAlertPresentException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium, as Debian's packages chromium and chromium-driver bring it. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> CHROMIUM = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private final ChromeDriver driver;

    Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium().orElseThrow());
        // As root, in a container, without a GPU.
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-GB");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .withLogOutput(OutputStream.nullOutputStream())
                        .build(),
                options);
        driver.manage().timeouts().scriptTimeout(PATIENCE);
    }

    private static Optional<String> chromium() {
        return CHROMIUM.stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    /** Why there is no browser here; nothing where there is one. */
    static Optional<String> missing() {
        return chromium().isPresent() && Files.isExecutable(DRIVER)
                ? Optional.empty()
                : Optional.of("there is no Chromium with its driver; install chromium and chromium-driver");
    }

    /** A window of this size, in CSS pixels, and a theme that the system is said to have: "dark" or "light". */
    void look(int width, int height, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Runs before any script of the pages that are opened from now on. */
    void beforeEachPage(String script) {
        driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    void open(String url) {
        driver.get("about:blank"); // so that a change behind the # alone loads the page, too
        driver.get(url);
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Waits until a script's expression is true. */
    void until(String expression) {
        await(expression).atMost(PATIENCE).pollInterval(Duration.ofMillis(25)).until(() -> isTrue(expression));
    }

    boolean isTrue(String expression) {
        return Boolean.TRUE.equals(run("return Boolean(" + expression + ");"));
    }

    String text(String selector) {
        return String.valueOf(run("return document.querySelector(arguments[0])?.innerText ?? ''", selector));
    }

    /** Wherever it is by now: what comes in while one aims moves things. */
    void click(String selector) {
        run("document.querySelector(arguments[0]).click()", selector);
    }

    /** Keys to whatever has the focus. */
    void press(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    /** What the page wrote to its console, refusals of its security policy among it. */
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    boolean hasDialog() {
        try {
            driver.switchTo().alert();
            return true;
        } catch (NoAlertPresentException e) {
            return false;
        }
    }

    /**
     * What axe-core finds wrong with the page by WCAG 2 A and AA: each rule with the elements.
     *
     * @param contrastOnly looks at the colours alone, which is all that changes with the scheme
     */
    List<String> barriers(boolean contrastOnly) throws IOException {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            assertThat(axe).as("axe-core on the class path").isNotNull();
            run(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        Object found = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                const rules = arguments[0] ? {type: 'rule', values: ['color-contrast']}
                  : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
                axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(
                  (result) => done(result.violations.map((one) =>
                    `${one.id}: ${one.help}: ${one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`).join(' | ')}`)),
                  (error) => done([String(error)]));
                """, contrastOnly);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    void screenshot(Path file) throws IOException {
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
