package dev.temper.app.topology;

import dev.temper.app.subspaces.SubspaceBook;
import dev.temper.app.subspaces.SubspaceReading;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the engine guide by what the subspaces topic puts in force. */
final class SubspaceProcessor extends FollowedTopic<SubspaceReading> {
    private static final Logger LOG = LoggerFactory.getLogger(SubspaceProcessor.class);

    private final SubspaceBook book;
    private final GenerationEngine engine;
    private final String topic;

    SubspaceProcessor(LaneSettings settings, GenerationEngine engine) {
        super(settings, ModerationTopology.SUBSPACES);
        this.book = settings.subspaces();
        this.engine = engine;
        this.topic = settings.config().topics().subspaces();
    }

    @Override
    SubspaceReading read(EventCodec reader, String key, byte @Nullable [] value) {
        return reader.readSubspace(topic, key, value);
    }

    @Override
    void take(String key, long offset, SubspaceReading read) {
        SubspaceReading reading = book.put(key, offset, read);
        if (reading instanceof SubspaceReading.Invalid invalid) {
            LOG.warn("subspaces: the record at offset {} is refused and changes nothing: {}", offset, invalid.reason());
        } else if (reading instanceof SubspaceReading.Valid) {
            LOG.info("subspaces: version '{}' is read (offset {})", key, offset);
        } else {
            LOG.info("subspaces: a version is withdrawn (offset {})", offset);
        }
        try {
            engine.guideBy(book.versions());
        } catch (TemperException e) {
            LOG.error("subspaces: the engine goes on with what it has: {}", e.getMessage());
        }
    }
}
