package dev.temper.app.config;

/**
 * How {@code temper topics create} makes the topics. The sidecar itself reads none of this.
 *
 * @param partitions of every topic but the policies' and the subspaces', which have one; at least 1. They bound how many stream threads work
 *     side by side, and cannot be changed once prompts wait.
 * @param replicationFactor copies of each partition; -1 is the broker's default
 * @param retentionMs milliseconds that records are kept, at least; -1 is for ever. Prompts that are not taken in for so
 *     long are lost, so make it longer than any outage.
 */
public record ProvisioningConfig(int partitions, int replicationFactor, long retentionMs) {

    public static final int DEFAULT_PARTITIONS = 4;
    public static final int BROKERS_DEFAULT = -1;
    public static final long DEFAULT_RETENTION_MS = 7 * 24 * 3_600_000L;

    public static final ProvisioningConfig DEFAULT =
            new ProvisioningConfig(DEFAULT_PARTITIONS, BROKERS_DEFAULT, DEFAULT_RETENTION_MS);

    public ProvisioningConfig {
        LimitsConfig.atLeast("partitions", partitions, 1);
        if (replicationFactor != BROKERS_DEFAULT && (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "replication_factor must be at least 1, or -1 for the broker's default, not " + replicationFactor);
        }
        if (retentionMs != -1 && retentionMs < 1) {
            throw new IllegalArgumentException("retention_ms must be at least 1, or -1 for ever, not " + retentionMs);
        }
    }
}
