package dev.temper.app.topology;

import dev.temper.app.policies.PolicyEvents;
import dev.temper.app.policy.Action;
import dev.temper.app.policy.Verdict;
import dev.temper.runtime.decode.DecodingParameters;
import dev.temper.runtime.serve.GenerationEngine;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationOutcome.Timings;
import dev.temper.runtime.serve.GenerationOutcome.Usage;
import dev.temper.runtime.serve.GenerationRequest;
import dev.temper.schemas.event.Assessment;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.FinishReason;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.Generation;
import dev.temper.schemas.event.GenerationParameters;
import dev.temper.schemas.event.GuidanceMode;
import dev.temper.schemas.event.MarginSummary;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SourceCoordinates;
import dev.temper.schemas.event.StageTimings;
import dev.temper.schemas.event.TokenTrace;
import dev.temper.schemas.event.TokenUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the runtime and the policy said, as events.
 *
 * @param engine what answered
 */
record EventMapping(GenerationEngine.Identity engine) {

    /**
     * An answer with all that belongs to it.
     *
     * @param refusal what stands in its place if the verdict blocks it
     */
    record Answer(
            InboxEntry entry,
            PromptReading.Accepted prompt,
            Completed completed,
            Verdict verdict,
            String refusal,
            Instant completedAt) {}

    ResultEvent result(Answer answer) {
        PromptEvent prompt = answer.prompt().event();
        boolean blocked = answer.verdict().action() == Action.BLOCK;
        return ResultEvent.newBuilder()
                .setEventId(id(answer.entry(), Origin.Use.RESULT))
                .setPromptId(promptId(answer.entry(), prompt))
                .setConversationKey(answer.entry().keyText())
                .setTenant(prompt.getTenant())
                .setSource(source(answer.entry()))
                .setText(blocked ? answer.refusal() : answer.completed().text())
                .setTextIsRefusal(blocked)
                .setFlagged(answer.verdict().flagged())
                .setAssessment(assessment(answer.verdict()))
                .setGeneration(generation(answer))
                .setCreatedAt(createdAt(answer.entry(), prompt))
                .setCompletedAt(answer.completedAt())
                .build();
    }

    FlaggedEvent flagged(Answer answer) {
        PromptEvent prompt = answer.prompt().event();
        return FlaggedEvent.newBuilder()
                .setEventId(id(answer.entry(), Origin.Use.FLAGGED))
                .setResultEventId(id(answer.entry(), Origin.Use.RESULT))
                .setPromptId(promptId(answer.entry(), prompt))
                .setConversationKey(answer.entry().keyText())
                .setTenant(prompt.getTenant())
                .setSource(source(answer.entry()))
                .setMessages(prompt.getMessages())
                .setPrompt(prompt.getPrompt())
                .setText(answer.completed().text())
                .setAssessment(assessment(answer.verdict()))
                .setGeneration(generation(answer))
                .setTrace(TokenTrace.newBuilder()
                        .setTokenIds(answer.completed().tokenIds())
                        .setTokenTexts(answer.completed().tokenTexts())
                        .setMargins(new TreeMap<>(answer.completed().margins()))
                        .build())
                .setCreatedAt(createdAt(answer.entry(), prompt))
                .setCompletedAt(answer.completedAt())
                .build();
    }

    RejectEvent reject(InboxEntry entry, PromptReading.Rejection rejection, int attempts, Instant now) {
        PromptEvent prompt = rejection.event();
        RejectEvent.Builder reject = RejectEvent.newBuilder()
                .setEventId(id(entry, Origin.Use.REJECT))
                .setSource(source(entry))
                .setReason(rejection.reason())
                .setDetail(rejection.detail())
                .setStage(rejection.stage())
                .setAttempts(attempts)
                .setCreatedAt(prompt == null ? Instant.ofEpochMilli(entry.timestampMs()) : createdAt(entry, prompt))
                .setRejectedAt(now);
        // Keys and names without a bound could make the reject itself too large.
        if (entry.key() != null && entry.key().length <= PromptReader.MAX_KEY_BYTES) {
            reject.setConversationKey(entry.keyText());
        }
        if (prompt != null) {
            reject.setPromptId(bounded(promptId(entry, prompt))).setTenant(bounded(prompt.getTenant()));
        }
        return reject.build();
    }

    private static String bounded(String name) {
        int most = PromptReader.MAX_NAME_CHARACTERS;
        return name.length() <= most ? name : name.substring(0, most) + "…";
    }

    private static String id(InboxEntry entry, Origin.Use use) {
        return entry.origin().id(use).toString();
    }

    private static String promptId(InboxEntry entry, PromptEvent prompt) {
        return prompt.getId() == null ? id(entry, Origin.Use.PROMPT) : prompt.getId();
    }

    private static Instant createdAt(InboxEntry entry, PromptEvent prompt) {
        return prompt.getCreatedAt() == null ? Instant.ofEpochMilli(entry.timestampMs()) : prompt.getCreatedAt();
    }

    private static SourceCoordinates source(InboxEntry entry) {
        Origin origin = entry.origin();
        return new SourceCoordinates(origin.topic(), origin.partition(), origin.offset());
    }

    private Assessment assessment(Verdict verdict) {
        List<CategoryScore> scores = verdict.categories().stream()
                .map(c -> new CategoryScore(c.category(), c.score(), c.threshold(), c.exceeded(), c.severity()))
                .toList();
        return Assessment.newBuilder()
                .setAction(PolicyEvents.action(verdict.action()))
                .setSeverity(verdict.severity())
                .setScores(scores)
                .setPolicyVersion(verdict.policyVersion())
                .setScorerId(engine.scorerId())
                .setScorerHash(engine.scorerHash())
                .build();
    }

    private Generation generation(Answer answer) {
        Completed completed = answer.completed();
        return Generation.newBuilder()
                .setModelId(engine.modelId())
                .setModelHash(engine.modelHash())
                .setSubspaceHashes(
                        completed.subspaceHashes().isEmpty() ? engine.subspaceHashes() : completed.subspaceHashes())
                .setParameters(parameters(answer.prompt().request()))
                .setUsage(usage(completed.usage()))
                .setFinishReason(
                        switch (completed.finishReason()) {
                            case END_OF_SEQUENCE -> FinishReason.END_OF_SEQUENCE;
                            case LENGTH -> FinishReason.LENGTH;
                            case STOP_STRING -> FinishReason.STOP_STRING;
                        })
                .setTimings(timings(completed.timings(), answer))
                .setMargins(margins(completed.margins()))
                .setRewrites(answer.entry().rewrites())
                .build();
    }

    private static GenerationParameters parameters(GenerationRequest request) {
        DecodingParameters decoding = request.decoding();
        return GenerationParameters.newBuilder()
                .setMaxNewTokens(decoding.maxNewTokens())
                .setTemperature(decoding.temperature())
                .setTopK(decoding.topK())
                .setTopP(decoding.topP())
                .setRepetitionPenalty(decoding.repetitionPenalty())
                .setStopStrings(decoding.stopStrings())
                .setMinNewTokens(decoding.minNewTokens())
                .setMinP(decoding.minP())
                .setTypicalP(decoding.typicalP())
                .setEpsilonCutoff(decoding.epsilonCutoff())
                .setPresencePenalty(decoding.presencePenalty())
                .setFrequencyPenalty(decoding.frequencyPenalty())
                .setNoRepeatNgramSize(decoding.noRepeatNgramSize())
                .setBadWords(decoding.badWords())
                .setSeed(request.seed())
                .setBetas(request.guidance().betas())
                .setGuidanceMode(
                        switch (request.guidance().mode()) {
                            case RAW -> GuidanceMode.RAW;
                            case SOFTMAX -> GuidanceMode.SOFTMAX;
                        })
                .setMaxCandidates(request.guidance().maxCandidates())
                .build();
    }

    private static TokenUsage usage(Usage usage) {
        return new TokenUsage(
                usage.promptTokens(),
                usage.promptTokensDropped(),
                usage.outputTokens(),
                usage.modelPasses(),
                usage.candidates(),
                usage.truncatedNuclei(),
                usage.meanKl());
    }

    private static StageTimings timings(Timings timings, Answer answer) {
        double totalMs =
                Math.max(0, answer.completedAt().toEpochMilli() - answer.entry().arrivedMs());
        return new StageTimings(
                timings.queueSeconds(),
                timings.prefillSeconds(),
                timings.decodeSeconds(),
                timings.scoreSeconds(),
                totalMs / 1000);
    }

    private static List<MarginSummary> margins(Map<String, List<Double>> margins) {
        return new TreeMap<>(margins)
                .entrySet().stream()
                        .filter(entry -> !entry.getValue().isEmpty())
                        .map(entry -> summary(entry.getKey(), entry.getValue()))
                        .toList();
    }

    private static MarginSummary summary(String subspace, List<Double> margins) {
        double min = margins.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double mean =
                margins.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new MarginSummary(subspace, min, mean, margins.get(margins.size() - 1));
    }
}
