package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.temper.runtime.serve.GenerationOutcome.Reason;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PolicyBlocklist;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PolicyRule;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that come while the service runs, and answers that are written anew. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class PolicyFlowTest {
    private static final String REWRITING = """
            policy:
              version: v0
              categories: {toxic: {threshold: 0.5, action: rewrite}}
              rewrite: {max_rounds: 2, beta_factor: 3, first_beta: 2, max_beta: 5}
            """;

    @TempDir
    Path folder;

    private TopologyHarness service;
    private long sent;

    private TopologyHarness start(String config) {
        service = new TopologyHarness(folder, config);
        return service;
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static PolicyEvent.Builder policy(String version, double threshold, Action action) {
        return PolicyEvent.newBuilder()
                .setVersion(version)
                .setDefaultRule(new PolicyRule(threshold, action))
                .setPublishedAt(Instant.EPOCH);
    }

    private void publish(PolicyEvent event) {
        String tenant = event.getTenant() == null ? "" : event.getTenant();
        service.publish(tenant + "/" + event.getVersion(), service.bytes(event));
    }

    /** What becomes of an answer with this score. */
    private ResultEvent judged(String tenant, String text, double toxicity) {
        service.send("c" + sent, chat("hello").setTenant(tenant).build());
        service.engine.complete(at(sent), text, toxicity);
        service.tick();
        sent++;
        return service.results().get(0);
    }

    @Test
    void shouldJudgeByWhatModeratorsPublishFromThatMomentOn() {
        // Given
        start("policy: {version: v0}");
        ResultEvent before = judged("default", "fine", 0.4);

        // When
        publish(policy("v1", 0.3, Action.BLOCK).setRefusal("Not now.").build());
        ResultEvent after = judged("default", "fine", 0.4);

        // Then
        assertThat(before.getAssessment().getPolicyVersion()).isEqualTo("v0");
        assertThat(before.getText()).isEqualTo("fine");
        assertThat(after.getAssessment().getPolicyVersion()).isEqualTo("v1");
        assertThat(after.getText()).isEqualTo("Not now.");
        assertThat(after.getTextIsRefusal()).isTrue();
    }

    @Test
    void shouldStayWithTheLastValidPolicyWhateverElseComes() {
        // Given
        start("");
        publish(policy("v1", 0.3, Action.AUDIT).build());

        // When
        publish(policy("v2", 7, Action.BLOCK).build());
        publish(policy("v3", 0.9, Action.UNKNOWN).build());
        service.publish("/v4", new byte[] {1, 2, 3});
        service.publish(
                "no key of a policy",
                service.bytes(policy("v5", 0.9, Action.ALLOW).build()));
        service.publish("/v6", service.bytes(chat("not a policy").build()));
        ResultEvent result = judged("default", "fine", 0.4);

        // Then
        assertThat(result.getAssessment().getPolicyVersion()).isEqualTo("v1");
        assertThat(result.getAssessment().getAction()).isEqualTo(Action.AUDIT);
    }

    @Test
    void shouldGoBackToTheConfigurationsWhenTheLastVersionIsWithdrawn() {
        // Given
        start("policy: {version: v0}");
        publish(policy("v1", 0.3, Action.AUDIT).build());

        // When
        service.publish("/v1", null);

        // Then
        assertThat(judged("default", "fine", 0.4).getAssessment().getPolicyVersion())
                .isEqualTo("v0");
    }

    @Test
    void shouldJudgeATenantByItsOwnPolicyOnTopOfEveryones() {
        // Given
        start("");
        publish(policy("v1", 0.9, Action.BLOCK).build());

        // When
        publish(policy("a1", 0.3, Action.AUDIT)
                .setDefaultRule(null)
                .setCategories(Map.of("toxic", new PolicyRule(0.3, Action.AUDIT)))
                .setTenant("acme")
                .build());

        // Then
        ResultEvent acmes = judged("acme", "fine", 0.4);
        assertThat(acmes.getAssessment().getAction()).isEqualTo(Action.AUDIT);
        assertThat(acmes.getAssessment().getPolicyVersion()).isEqualTo("v1+a1");
        ResultEvent others = judged("default", "fine", 0.4);
        assertThat(others.getAssessment().getAction()).isEqualTo(Action.ALLOW);
        assertThat(others.getAssessment().getPolicyVersion()).isEqualTo("v1");
    }

    @Test
    void shouldNameTheBlocklistThatFoundSomethingAndNotWhatItFound() {
        // Given
        start("");
        publish(policy("v1", 0.9, Action.BLOCK)
                .setBlocklists(Map.of("fruit", new PolicyBlocklist(Action.BLOCK, List.of("rotten quince", "medlar"))))
                .build());

        // When
        ResultEvent result = judged("default", "You ＲＯＴＴＥＮ q\u0336uin\u200Bce!", 0.1);

        // Then
        assertThat(result.getTextIsRefusal()).isTrue();
        FlaggedEvent flagged = service.flagged().get(0);
        assertThat(flagged.getAssessment().getScores())
                .extracting(CategoryScore::getCategory)
                .containsExactly("toxic", "blocklist:fruit");
        assertThat(flagged.getAssessment().toString()).doesNotContain("quince").doesNotContain("medlar");
    }

    @Test
    void shouldWaitForTheRegistryWithAPolicyThatNeedsIt() {
        // Given
        start("limits: {retry_backoff_ms: 1, retry_max_backoff_ms: 5}");
        byte[] bytes = service.bytes(policy("v1", 0.3, Action.AUDIT).build());
        service.registryAway.set(true);

        // When
        Thread global = new Thread(() -> service.publish("/v1", bytes));
        global.start();
        await().until(() -> global.getState() == Thread.State.TIMED_WAITING);
        service.registryAway.set(false);

        // Then
        await().until(() -> !global.isAlive());
        assertThat(judged("default", "fine", 0.4).getAssessment().getPolicyVersion())
                .isEqualTo("v1");
    }

    private GenerationRequest lastOffered() {
        return service.engine.offered.get(service.engine.offered.size() - 1);
    }

    @Test
    void shouldAskAgainUnderStrongerGuidanceUntilAnAnswerPasses() {
        // Given
        start(REWRITING);
        service.send("c1", chat("provoke").build());
        service.send("c1", chat("and then?").build());
        GenerationRequest first = lastOffered();

        // When
        service.engine.complete(at(0), "vile", 0.9);
        service.tick();
        GenerationRequest second = lastOffered();
        boolean silent = service.results().isEmpty();
        service.engine.complete(at(0) + "~1", "polite", 0.1);
        service.tick();

        // Then
        assertThat(silent).isTrue();
        assertThat(first.guidance().betas()).containsEntry("toxicity", 0.0);
        assertThat(second.guidance().betas()).containsEntry("toxicity", 2.0);
        assertThat(second.seed()).isNotEqualTo(first.seed());
        assertThat(second.prompt()).isEqualTo(first.prompt());
        ResultEvent result = service.results().get(0);
        assertThat(result.getText()).isEqualTo("polite");
        assertThat(result.getFlagged()).isFalse();
        assertThat(result.getAssessment().getAction()).isEqualTo(Action.REWRITE);
        assertThat(result.getGeneration().getRewrites()).isEqualTo(1);
        assertThat(result.getGeneration().getParameters().getBetas()).containsEntry("toxicity", 2.0);
        assertThat(result.getGeneration().getParameters().getSeed()).isEqualTo(second.seed());
        assertThat(service.flagged()).isEmpty();
        assertThat(service.engine.open()).containsExactly(at(1)); // the conversation's next, only now
    }

    @Test
    void shouldFallBackWhenTheRoundsAreUsedUp() {
        // Given
        start(REWRITING);
        service.send("c1", chat("provoke").build());

        // When
        for (String id : List.of(at(0), at(0) + "~1", at(0) + "~2")) {
            service.engine.complete(id, "vile", 0.9);
            service.tick();
        }

        // Then
        assertThat(service.engine.offered)
                .extracting(request -> request.guidance().betas().get("toxicity"))
                .containsExactly(0.0, 2.0, 5.0);
        ResultEvent result = service.results().get(0);
        assertThat(result.getTextIsRefusal()).isTrue();
        assertThat(result.getAssessment().getAction()).isEqualTo(Action.BLOCK);
        assertThat(result.getGeneration().getRewrites()).isEqualTo(2);
        assertThat(service.flagged()).hasSize(1);
        assertThat(service.inbox()).isZero();
    }

    @Test
    void shouldFallBackAtOnceWhenGuidanceCannotBecomeStronger() {
        // Given
        start(REWRITING.replace("max_beta: 5", "max_beta: 5, fallback: audit"));
        RequestedParameters strongest =
                RequestedParameters.newBuilder().setBeta(9.0).build();
        service.send("c1", chat("provoke").setParameters(strongest).build());

        // When
        service.engine.complete(at(0), "vile", 0.9);
        service.tick();

        // Then
        ResultEvent result = service.results().get(0);
        assertThat(result.getText()).isEqualTo("vile");
        assertThat(result.getAssessment().getAction()).isEqualTo(Action.AUDIT);
        assertThat(result.getGeneration().getRewrites()).isZero();
        assertThat(service.flagged()).hasSize(1);
    }

    @Test
    void shouldRetryAFailedRoundAndNotBeginAnew() {
        // Given
        start(REWRITING + "limits: {retry_backoff_ms: 0, retry_max_backoff_ms: 0}");
        service.send("c1", chat("provoke").build());
        service.engine.complete(at(0), "vile", 0.9);
        service.tick();

        // When
        service.engine.fail(at(0) + "~1", Reason.DEVICE_ERROR);
        service.tick();
        service.tick();
        service.engine.complete(at(0) + "~1", "polite", 0.1);
        service.tick();

        // Then
        ResultEvent result = service.results().get(0);
        assertThat(result.getGeneration().getRewrites()).isEqualTo(1);
        assertThat(result.getGeneration().getParameters().getBetas()).containsEntry("toxicity", 2.0);
    }
}
