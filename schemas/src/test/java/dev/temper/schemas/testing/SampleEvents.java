package dev.temper.schemas.testing;

import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.Assessment;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Generation;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.GuidanceMode;
import dev.temper.schemas.event.MarginSummary;
import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PolicyBlocklist;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PolicyRewrite;
import dev.temper.schemas.event.PolicyRule;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.ReviewVerdict;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.event.Stage;
import dev.temper.schemas.event.StageTimings;
import dev.temper.schemas.event.SubspaceEvaluation;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.TokenUsage;
import dev.temper.schemas.event.VerdictEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One event of each type, every field filled. */
public final class SampleEvents {

    /** What a test looks for where no text may be. */
    public static final String SECRET = "the quince is ripe";

    private static final Instant CREATED = Instant.parse("2026-11-21T03:00:00.123Z");
    private static final Instant COMPLETED = Instant.parse("2026-11-21T03:00:01.456Z");

    private SampleEvents() {}

    public static PromptEvent prompt() {
        return PromptEvent.newBuilder()
                .setId("p-1")
                .setTenant("garden")
                .setMessages(messages())
                .setParameters(RequestedParameters.newBuilder()
                        .setModel("chat-base")
                        .setMaxNewTokens(32)
                        .setTemperature(0.7)
                        .setTopK(40)
                        .setTopP(0.9)
                        .setRepetitionPenalty(1.1)
                        .setStopStrings(List.of(SECRET))
                        .setMinP(0.05)
                        .setBadWords(List.of(SECRET))
                        .setSeed(7L)
                        .setBeta(10.0)
                        .setBetas(Map.of("toxicity", 30.0))
                        .setGuidanceMode(GuidanceMode.SOFTMAX)
                        .setMaxCandidates(64)
                        .build())
                .setCreatedAt(CREATED)
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .setTracestate("vendor=1")
                .build();
    }

    public static PromptEvent plainPrompt() {
        return PromptEvent.newBuilder().setPrompt(SECRET).build();
    }

    public static ResultEvent result() {
        return ResultEvent.newBuilder()
                .setEventId("e-1")
                .setPromptId("p-1")
                .setConversationKey("c-1")
                .setTenant("garden")
                .setSource(source())
                .setText(SECRET)
                .setTextIsRefusal(true)
                .setFlagged(true)
                .setAssessment(assessment())
                .setGeneration(generation())
                .setCreatedAt(CREATED)
                .setCompletedAt(COMPLETED)
                .build();
    }

    public static FlaggedEvent flagged() {
        return FlaggedEvent.newBuilder()
                .setEventId("e-2")
                .setResultEventId("e-1")
                .setPromptId("p-1")
                .setConversationKey("c-1")
                .setTenant("garden")
                .setSource(source())
                .setMessages(messages())
                .setPrompt(SECRET)
                .setText(SECRET)
                .setAssessment(assessment())
                .setGeneration(generation())
                .setTrace(TokenTrace.newBuilder()
                        .setTokenIds(List.of(5, 6))
                        .setTokenTexts(List.of(SECRET, SECRET))
                        .setMargins(Map.of("toxicity", List.of(-0.5, -1.5)))
                        .build())
                .setCreatedAt(CREATED)
                .setCompletedAt(COMPLETED)
                .build();
    }

    public static RejectEvent reject() {
        return RejectEvent.newBuilder()
                .setEventId("e-3")
                .setPromptId("p-1")
                .setConversationKey("c-1")
                .setTenant("garden")
                .setSource(source())
                .setReason(RejectReason.INVALID_PARAMETERS)
                .setDetail("top_p must be in (0, 1], not 0.0")
                .setStage(Stage.VALIDATION)
                .setAttempts(1)
                .setCreatedAt(CREATED)
                .setRejectedAt(COMPLETED)
                .build();
    }

    public static PolicyEvent policy() {
        return PolicyEvent.newBuilder()
                .setTenant("garden")
                .setVersion("v7")
                .setRefusal("No.")
                .setDefaultRule(new PolicyRule(0.5, Action.BLOCK))
                .setCategories(Map.of("toxicity", new PolicyRule(0.7, Action.REWRITE)))
                .setBlocklists(Map.of("fruit", new PolicyBlocklist(Action.AUDIT, List.of(SECRET))))
                .setRewrite(new PolicyRewrite(2, 2.0, 1.0, 8.0, Action.BLOCK))
                .setPublishedAt(CREATED)
                .build();
    }

    public static VerdictEvent verdict() {
        return VerdictEvent.newBuilder()
                .setEventId("e-4")
                .setFlaggedEventId("e-2")
                .setResultEventId("e-1")
                .setPromptId("p-1")
                .setTenant("garden")
                .setVerdict(ReviewVerdict.NOT_TOXIC)
                .setReviewer(SECRET)
                .setNote(SECRET)
                .setDecidedAt(COMPLETED)
                .build();
    }

    public static SubspaceEvent subspace() {
        return SubspaceEvent.newBuilder()
                .setName("toxicity")
                .setVersion("ef".repeat(8))
                .setHash("ef".repeat(32))
                .setBaseHash("ab".repeat(32))
                .setParentHash("12".repeat(32))
                .setModelId("chat-base")
                .setModelHash("cd".repeat(32))
                .setDocument("{}")
                .setNonToxic(120)
                .setToxic(80)
                .setVerdictsNotToxic(3)
                .setVerdictsToxic(4)
                .setVerdictWeight(2)
                .setVerdictOffsets(Map.of("0", 7L))
                .setEvaluation(new SubspaceEvaluation(50L, 0.91, 0.88, 0.94, 0.9))
                .setPublishedAt(COMPLETED)
                .build();
    }

    private static List<Message> messages() {
        return List.of(
                new Message(Role.SYSTEM, SECRET), new Message(Role.USER, SECRET), new Message(Role.ASSISTANT, SECRET));
    }

    private static SourceCoordinates source() {
        return new SourceCoordinates("temper.prompts", 3, 41L);
    }

    private static Assessment assessment() {
        return Assessment.newBuilder()
                .setAction(Action.BLOCK)
                .setSeverity(4)
                .setScores(List.of(
                        new CategoryScore("toxicity", 0.83, 0.5, true, 4),
                        new CategoryScore("threat", 0.01, null, false, 0)))
                .setPolicyVersion("2026-11-21")
                .setScorerId("toxicity-small")
                .setScorerHash("ab".repeat(32))
                .build();
    }

    private static Generation generation() {
        return Generation.newBuilder()
                .setModelId("chat-base")
                .setModelHash("cd".repeat(32))
                .setSubspaceHashes(Map.of("toxicity", "ef".repeat(32)))
                .setParameters(GenerationParameters.newBuilder()
                        .setMaxNewTokens(32)
                        .setTemperature(0.7)
                        .setTopK(40)
                        .setTopP(0.9)
                        .setRepetitionPenalty(1.1)
                        .setStopStrings(List.of(SECRET))
                        .setBadWords(List.of(SECRET))
                        .setSeed(7L)
                        .setBetas(Map.of("toxicity", 30.0))
                        .setGuidanceMode(GuidanceMode.RAW)
                        .setMaxCandidates(64)
                        .build())
                .setUsage(new TokenUsage(12, 3, 2, 2, 128L, 1, 0.25))
                .setFinishReason(FinishReason.STOP_STRING)
                .setTimings(new StageTimings(0.001, 0.01, 0.1, 0.02, 0.131))
                .setMargins(List.of(new MarginSummary("toxicity", -1.5, -1.0, -1.5)))
                .setRewrites(1)
                .build();
    }
}
