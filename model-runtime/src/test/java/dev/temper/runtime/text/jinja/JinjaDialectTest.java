package dev.temper.runtime.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Expressions, filters, tests, methods and whitespace give what Jinja2 in Python gives, or fail where it fails. */
class JinjaDialectTest {

    @Test
    void shouldRenderAsJinja2() throws IOException {
        // Given
        ObjectMapper json = new ObjectMapper();
        JsonNode golden = json.readTree(JinjaDialectTest.class.getResource("/goldens/chat/jinja_dialect.json"));
        Map<String, @Nullable Object> context = json.convertValue(golden.get("context"), new TypeReference<>() {});
        ZonedDateTime now = ZonedDateTime.of(2024, 7, 6, 9, 5, 3, 0, ZoneOffset.UTC);
        SoftAssertions softly = new SoftAssertions();

        // When
        for (JsonNode snippet : golden.get("snippets")) {
            String source = snippet.get("template").asText();
            String result;
            try {
                result = JinjaTemplate.parse(source)
                        .render(context, () -> now, new Budget(Budget.DEFAULT_WORK, Budget.DEFAULT_OUTPUT));
            } catch (JinjaException e) {
                softly.assertThat(snippet.has("error"))
                        .as(source + ": " + e.getMessage())
                        .isTrue();
                continue;
            }
            softly.assertThat(result)
                    .as(source)
                    .isEqualTo(snippet.path("rendered").asText("an error"));
        }

        // Then
        softly.assertAll();
        assertThat(golden.get("snippets")).hasSizeGreaterThan(190);
    }
}
