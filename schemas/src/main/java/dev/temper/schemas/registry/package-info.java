/** A client of the Confluent Schema Registry's REST API, version 7, for Avro. */
@NullMarked
package dev.temper.schemas.registry;

import org.jspecify.annotations.NullMarked;
