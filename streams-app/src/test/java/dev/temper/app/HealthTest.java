package dev.temper.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.Readiness.State;
import dev.temper.app.admin.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    private static final Finding BROKER = Finding.ok("broker", "b:1 answers, 1 node(s)");
    private static final Finding NO_REGISTRY = Finding.wrong("registry", "does not answer", "start it");

    private static String body(Answer answer) {
        return new String(answer.body(), UTF_8);
    }

    @Test
    void shouldBeAliveButNotReadyWhileTheModelIsLoaded() {
        // When
        Health health = new Health(() -> List.of(BROKER));

        // Then
        assertThat(health.live().status()).isEqualTo(200);
        assertThat(health.startup().status()).isEqualTo(503);
        assertThat(health.ready().status()).isEqualTo(503);
        assertThat(body(health.ready())).isEqualTo("""
                {"ok":false,"state":"starting","cause":"the model is being loaded","checks":[\
                {"subject":"model","ok":false,"detail":"is being loaded"},\
                {"subject":"broker","ok":true,"detail":"b:1 answers, 1 node(s)"}]}""");
    }

    @Test
    void shouldSayWhatCutsItOff() {
        // Given
        Health health = new Health(() -> List.of(BROKER, NO_REGISTRY));
        health.modelIsWarm("m");
        health.service(() -> new Readiness(State.READY, ""));
        health.started();

        // When
        Answer ready = health.ready();

        // Then
        assertThat(ready.status()).isEqualTo(503);
        assertThat(body(ready))
                .contains("\"state\":\"cut_off\",\"cause\":\"registry: does not answer; start it\"")
                .contains("{\"subject\":\"device\",\"ok\":true,\"detail\":\"answers\"}");
        assertThat(health.startup().status()).isEqualTo(200);
        assertThat(health.live().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void shouldBeReadyOnlyWhenAllIsWellAndAliveUnlessItGaveUp(State state) {
        // Given
        Health health = new Health(() -> List.of(BROKER));
        health.modelIsWarm("m");
        health.service(() -> new Readiness(state, state == State.READY ? "" : "because"));

        // When
        Answer ready = health.ready();

        // Then
        assertThat(ready.status()).isEqualTo(state == State.READY ? 200 : 503);
        assertThat(body(ready).contains("because")).isEqualTo(state != State.READY);
        assertThat(health.live().status()).isEqualTo(state == State.ENDED ? 503 : 200);
    }
}
