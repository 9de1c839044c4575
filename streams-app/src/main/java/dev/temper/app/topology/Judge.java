package dev.temper.app.topology;

import dev.temper.app.policies.PolicyBook;
import dev.temper.app.policy.Action;
import dev.temper.app.policy.FlagPolicy;
import dev.temper.app.policy.RewriteRule;
import dev.temper.app.policy.Verdict;
import dev.temper.app.topology.PromptReading.Accepted;
import dev.temper.runtime.sasa.GuidanceParameters;
import dev.temper.runtime.serve.GenerationOutcome.Completed;
import dev.temper.runtime.serve.GenerationRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Holds answers against the policy that is in force for their tenant at that moment, and says what becomes of them: they
 * are published, or the prompt is asked again under stronger guidance. Keeps nothing: which round a prompt is in is
 * counted in its inbox entry, and everything else about a round follows from it and from the policy.
 */
record Judge(PolicyBook policies) {

    /** What becomes of an answer. */
    sealed interface Ruling {}

    /**
     * It ends its prompt.
     *
     * @param verdict with an action that was taken: never a rewriting that is still to come
     * @param refusal what stands in its place if the verdict blocks it
     */
    record Publish(Verdict verdict, String refusal) implements Ruling {}

    /** It is forgotten, and this is asked in its place. */
    record Again(Accepted next) implements Ruling {}

    /**
     * Rules on one answer.
     *
     * @param rewrites how many answers to this prompt were turned down before
     * @throws IllegalArgumentException if a score is no probability
     */
    Ruling rule(Accepted prompt, int rewrites, Completed answer) {
        FlagPolicy policy = policies.policyFor(prompt.event().getTenant());
        Verdict verdict = policy.judge(answer.scores(), answer.text());
        if (verdict.action() == Action.REWRITE) {
            RewriteRule rule = policy.rewrite();
            int round = rewrites + 1;
            if (rule.hasRound(round, prompt.request().guidance().betas())) {
                return new Again(raised(prompt, rule, round));
            }
            return new Publish(verdict.withAction(rule.fallback()), policy.refusal());
        }
        boolean rewritten = rewrites > 0 && verdict.action() == Action.ALLOW;
        return new Publish(rewritten ? verdict.withAction(Action.REWRITE) : verdict, policy.refusal());
    }

    /** The request of a round, for a prompt that was read from the inbox again. */
    Accepted asOfRound(Accepted prompt, int rewrites) {
        RewriteRule rule = policies.policyFor(prompt.event().getTenant()).rewrite();
        Accepted current = prompt;
        for (int round = 1; round <= rewrites; round++) {
            current = raised(current, rule, round);
        }
        return current;
    }

    /** Another id, so that the answer to an earlier round is never taken for this one's. */
    private static Accepted raised(Accepted prompt, RewriteRule rule, int round) {
        GenerationRequest last = prompt.request();
        GuidanceParameters guidance = last.guidance();
        String id = round == 1 ? last.id() : last.id().substring(0, last.id().lastIndexOf('~'));
        return new Accepted(
                prompt.event(),
                new GenerationRequest(
                        id + "~" + round,
                        last.prompt(),
                        last.decoding(),
                        new GuidanceParameters(
                                rule.raised(guidance.betas()), guidance.mode(), guidance.maxCandidates()),
                        nextSeed(last.seed()),
                        last.overflow(),
                        last.timeLimit()));
    }

    /** Another draw, as repeatable as the first. */
    private static long nextSeed(long seed) {
        try {
            byte[] name = ("temper\0rewrite\0" + seed).getBytes(StandardCharsets.UTF_8);
            return Origin.seedOf(MessageDigest.getInstance("SHA-256").digest(name));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
