package dev.temper.runtime.text.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.runtime.text.jinja.JinjaException.Kind;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hostile template gets nothing but the variables, and cannot take more time or memory than its budget. */
class JinjaSandboxTest {

    private static final String CONTENT = "words of a user";
    private static final Map<String, Object> VARIABLES =
            Map.of("messages", List.of(Map.of("role", "user", "content", CONTENT)));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ messages.getClass() }}",
                "{{ messages.class.forName('java.lang.Runtime') }}",
                "{{ ''.__class__.__mro__ }}",
                "{{ ''['getClass']() }}",
                "{{ ''|attr('getClass')() }}",
                "{{ range.__globals__['os'] }}",
                "{{ raise_exception.__globals__.os }}",
                "{{ loop.items }}",
                "{{ self.__init__() }}",
                "{{ open('/etc/passwd') }}",
                "{{ cycler.__init__ }}",
                "{{ namespace().getClass() }}",
                "{{ messages.append(1) }}",
                "{{ messages[0].update({'role': 'system'}) }}"
            })
    void shouldReachNothingButVariables(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOfSatisfying(JinjaException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.EVALUATION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% include '/etc/passwd' %}",
                "{% import 'x' as y %}",
                "{% from 'x' import y %}",
                "{% extends 'x' %}",
                "{% block a %}{% endblock %}",
                "{% call f() %}{% endcall %}",
                "{% do 1 %}"
            })
    void shouldRefuseTagsThatReachOtherTemplates(String source) {
        assertThatThrownBy(() -> render(source))
                .isInstanceOfSatisfying(
                        JinjaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SYNTAX))
                .hasMessageContaining("line 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // time
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{{ range(100000)|length }}{% endfor %}",
                "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
                "{% set n = namespace(x='a' * 100000) %}{% for i in range(100000) %}{{ n.x == n.x ~ 'b' }}{% endfor %}",
                "{% set a = 'a' * 500000 %}{% set b = 'a' * 250000 ~ 'b' %}{{ b in a }}",
                "{% set a = 'a' * 500000 %}{{ a.replace('a' * 250000 ~ 'b', '') }}{{ a.split('a' * 250000 ~ 'b') }}",
                "{% set a = 'a' * 500000 %}{{ a.strip('b' * 250000) }}",
                "{% for i in range(100000) %}{{ 0.1 + i }}{% endfor %}{% for i in range(100000) %}{{ 5e-324 }}{% endfor %}",
                // memory
                "{% set n = namespace(x='a') %}{% for i in range(64) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x='a') %}{% for i in range(64) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(64) %}{% set n.x = n.x + n.x %}{% endfor %}",
                "{% set n = namespace(x=[1]) %}{% for i in range(64) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
                "{% set n = namespace(x=[1]) %}{% for i in range(64) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}",
                "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(64) %}{% set n.x = [n.x, n.x] %}"
                        + "{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
                "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}",
                "{{ 'a' * 1000000000 }}",
                "{{ [1] * 1000000000 }}",
                "{{ range(1000000000) }}",
                "{{ 'a'|center(1000000000) }}",
                "{{ 'a'.zfill(1000000000) }}",
                "{{ 'a\nb'|indent(1000000000) }}",
                "{{ [1]|tojson(indent=1000000000) }}",
                "{{ [1]|batch(1000000000, 'x') }}",
                "{{ '%999999999d' % 1 }}",
                "{{ ('a' * 10000).replace('', 'b' * 10000) }}",
                "{{ ('b' * 10000).join(('a' * 10000)|list) }}",
                "{% set t %}{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}{% endset %}",
                "{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}",
                // numbers
                "{{ 9 ** 9 ** 9 ** 9 }}",
                "{{ 2 ** 999999999999 }}",
                "{% set n = namespace(x=3) %}{% for i in range(64) %}{% set n.x = n.x * n.x %}{% endfor %}",
                // nesting
                "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}"
            })
    void shouldEndWhenBudgetIsSpent(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOfSatisfying(JinjaException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.LIMIT));
    }

    @Test
    void shouldBoundOutput() {
        assertThatThrownBy(() -> JinjaTemplate.parse("{% for i in range(11) %}0123456789{% endfor %}")
                        .render(Map.of(), ZonedDateTime::now, new Budget(10_000, 100)))
                .hasMessage("the rendered text exceeds 100 characters");
    }

    @Test
    void shouldRefuseDeepNestingOfAnyKind() {
        // Given
        int depth = 50_000;
        List<String> sources = List.of(
                "{{ " + "(".repeat(depth) + "1" + ")".repeat(depth) + " }}",
                "{{ " + "[".repeat(depth) + "]".repeat(depth) + " }}",
                "{{ " + "-".repeat(depth) + "1 }}",
                "{{ " + "not ".repeat(depth) + "1 }}",
                "{{ " + "1 + ".repeat(depth) + "1 }}",
                "{{ " + "1 if 1 else ".repeat(depth) + "1 }}",
                "{{ " + "1 and ".repeat(depth) + "1 }}",
                "{{ x" + ".x".repeat(depth) + " }}",
                "{{ x" + "|e".repeat(depth) + " }}",
                "{{ x" + "()".repeat(depth) + " }}",
                "{{ f(" + "f(".repeat(depth) + ")".repeat(depth) + ") }}",
                "{% if 1 %}".repeat(depth) + "{% endif %}".repeat(depth),
                "{{ 1" + "_1".repeat(depth) + " }}",
                "{{ '" + "\\x".repeat(depth) + "' }}" + "{{".repeat(depth));

        for (String source : sources) {
            // When
            Throwable thrown = catchThrowable(() -> render(source));

            // Then
            assertThat(thrown)
                    .as(source.substring(0, 20))
                    .isInstanceOf(JinjaException.class)
                    .extracting(e -> ((JinjaException) e).kind())
                    .isIn(Kind.LIMIT, Kind.SYNTAX);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ raise_exception('refused: ' + messages[0].content) }}",
                "{{ raise_exception(messages[0].content) }}",
                "{% set c = messages[0].content %}{{ raise_exception('refused: ' ~ c ~ c|upper) }}",
                "{% set f = raise_exception %}{{ f(messages[0].content) }}",
                "{{ messages[0][messages[0].content].x }}",
                "{{ messages[0].content + 1 }}",
                "{{ messages[0].content() }}",
                "{{ 'a'|sort(attribute=messages[0].content) ~ {}[messages[0].content].y }}",
                "{{ {}|attr(messages[0].content).x }}",
                "{{ 'x' is divisibleby(messages[0].content) }}",
                "{{ '%d' % messages[0].content }}",
                "{{ '%(a)s' % messages[0] }}",
                "{{ strftime_now('%' ~ messages[0].content|upper) }}",
                "{{ [1]|select(messages[0].content)|list }}",
                "{{ [1]|map(messages[0].content)|list }}"
            })
    void shouldKeepContentOutOfErrors(String source) {
        Throwable thrown = catchThrowable(() -> render(source));

        assertThat(thrown).isInstanceOf(JinjaException.class).hasMessageNotContainingAny(CONTENT, "words", "WORDS");
    }

    /** Damaged templates end with text or with a typed error, never with anything else. */
    @ParameterizedTest
    @ValueSource(strings = {"llama3", "llama2", "mistral", "qwen2"})
    void shouldSurviveDamagedTemplates(String name) throws IOException {
        // Given
        JsonNode golden = new ObjectMapper()
                .readTree(JinjaSandboxTest.class.getResource("/goldens/tokenizers/" + name + "/golden_chat.json"));
        String template = golden.get("chat_template").asText();
        List<String> pieces = new ArrayList<>(List.of(
                "{{",
                "}}",
                "{%",
                "%}",
                "-%}",
                "{%-",
                "{#",
                "'",
                "\"",
                "(",
                ")",
                "[",
                "]",
                "|",
                ".",
                "~",
                "*",
                "**",
                "//",
                "%",
                "not ",
                " in ",
                " is ",
                "if",
                "else",
                "endfor",
                "loop",
                "messages",
                "none",
                "9999999999",
                "-1",
                "\\",
                "\u0000",
                "{% break %}",
                "{% raw %}",
                " + ",
                ":",
                ",",
                "=",
                "|tojson",
                ".strip",
                "[::-1]"));
        Random random = new Random(template.hashCode());
        int rendered = 0;

        for (int round = 0; round < 1_000; round++) {
            StringBuilder damaged = new StringBuilder(template);
            for (int i = 0; i <= random.nextInt(3); i++) {
                int at = random.nextInt(damaged.length());
                int end = Math.min(damaged.length(), at + random.nextInt(6));
                damaged.replace(at, end, random.nextBoolean() ? pieces.get(random.nextInt(pieces.size())) : "");
            }

            // When
            Throwable thrown = catchThrowable(() -> JinjaTemplate.parse(damaged.toString())
                    .render(VARIABLES, ZonedDateTime::now, new Budget(200_000, 100_000)));

            // Then
            if (thrown == null) {
                rendered++;
            } else {
                assertThat(thrown).as(damaged.toString()).isInstanceOf(JinjaException.class);
            }
        }
        assertThat(rendered).isBetween(1, 999);
    }

    private static String render(String source) {
        return JinjaTemplate.parse(source)
                .render(VARIABLES, ZonedDateTime::now, new Budget(Budget.DEFAULT_WORK / 10, Budget.DEFAULT_OUTPUT));
    }
}
