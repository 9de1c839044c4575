package dev.temper.schemas;

/** Default names of the topics; every one of them can be set otherwise. */
public final class Topics {

    /** Prompts in: {@code PromptEvent}, keyed by conversation. */
    public static final String PROMPTS = "temper.prompts";

    /** One {@code ResultEvent} for each prompt that was not rejected. */
    public static final String RESULTS = "temper.results";

    /** One {@code FlaggedEvent} besides, for each answer that the policy flagged. */
    public static final String FLAGGED = "temper.flagged";

    /** Prompts that got no answer, as {@link RejectHeaders} lays them out. */
    public static final String REJECTS = "temper.rejects";

    /** What moderators have decided, one record for each version of a policy; compacted, one partition. */
    public static final String POLICIES = "temper.policies";

    /** What reviewers said of flagged answers: {@code VerdictEvent}, keyed by the flagged event's id; compacted. */
    public static final String VERDICTS = "temper.verdicts";

    /** Versions of the subspaces that guide decoding, one record each; compacted, one partition. */
    public static final String SUBSPACES = "temper.subspaces";

    private Topics() {}
}
