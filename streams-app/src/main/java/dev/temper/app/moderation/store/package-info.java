/** What the moderation page remembers: a Kafka Streams topology over the service's own topics. */
@NullMarked
package dev.temper.app.moderation.store;

import org.jspecify.annotations.NullMarked;
