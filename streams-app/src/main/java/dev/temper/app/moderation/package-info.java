/** The moderation page: its files, its API, and the Kafka Streams application that remembers for it. */
@NullMarked
package dev.temper.app.moderation;

import org.jspecify.annotations.NullMarked;
