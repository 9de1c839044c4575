/** Kafka serdes: Confluent wire format, chosen by class name. */
@NullMarked
package dev.temper.schemas.serde;

import org.jspecify.annotations.NullMarked;
