package dev.temper.tests.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Takes the documentation's pictures of the moderation page, of made-up traffic; docs/moderation-page.md says how. */
@EnabledIfSystemProperty(named = "temper.screenshots", matches = ".+")
class PagePicturesTest {
    private static final long MOST_BYTES = 250_000;

    private record Picture(String name, int width, int height, String scheme, String view, String until) {}

    @Test
    void shouldTakeThePictures() throws IOException {
        // Given
        Path folder = Files.createDirectories(Path.of(System.getProperty("temper.screenshots")));
        String item = "document.querySelector('.strip') && document.querySelectorAll('#list li').length > 0";
        Picture[] pictures = {
            new Picture("dark", 1280, 800, "dark", "#/overview", "document.querySelector('#by-tenant svg')"),
            new Picture("light", 1280, 800, "light", "#/review/sample-0", item),
            new Picture("item", 1280, 1010, "dark", "#/review/sample-1", item),
            new Picture("phone", 390, 844, "light", "#/review/sample-2", item),
        };
        try (Browser browser = new Browser();
                StubModeration stub = new StubModeration(70)) {
            for (Picture picture : pictures) {
                // When
                browser.look(picture.width(), picture.height(), picture.scheme());
                browser.open(stub.url() + picture.view());
                browser.until(picture.until() + " && document.getElementById('live').dataset.state === 'live'");
                if (browser.isTrue("document.getElementById('cover').checked")
                        && picture.view().contains("sample")) {
                    browser.click("#cover");
                }
                Path file = folder.resolve("moderation-page-" + picture.name() + ".png");
                browser.screenshot(file);

                // Then
                assertThat(file).isNotEmptyFile();
                assertThat(Files.size(file)).isLessThan(MOST_BYTES);
            }
        }
    }
}
