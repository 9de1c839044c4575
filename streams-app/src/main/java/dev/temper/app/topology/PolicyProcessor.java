package dev.temper.app.topology;

import dev.temper.app.policies.PolicyBook;
import dev.temper.app.policies.PolicyReading;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the sidecar's {@link PolicyBook} up to date with the policies topic. */
final class PolicyProcessor extends FollowedTopic<PolicyReading> {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyProcessor.class);

    private final PolicyBook book;
    private final String topic;

    PolicyProcessor(LaneSettings settings) {
        super(settings, ModerationTopology.POLICIES);
        this.book = settings.policies();
        this.topic = settings.config().topics().policies();
    }

    @Override
    PolicyReading read(EventCodec reader, String key, byte @Nullable [] value) {
        return reader.readPolicy(topic, key, value);
    }

    @Override
    void take(String key, long offset, PolicyReading reading) {
        book.put(new PolicyBook.Entry(key, offset, reading));
        if (reading instanceof PolicyReading.Invalid invalid) {
            LOG.warn(
                    "policies: the record at offset {} is no valid policy and changes nothing: {}",
                    offset,
                    invalid.reason());
        } else if (reading instanceof PolicyReading.Valid) {
            LOG.info("policies: version '{}' is read (offset {})", key, offset);
        } else {
            LOG.info("policies: a version is withdrawn (offset {})", offset);
        }
    }
}
