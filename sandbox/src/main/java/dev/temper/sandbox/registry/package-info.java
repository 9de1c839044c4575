/** A schema registry inside this JVM that speaks the Confluent REST API for Avro. */
@NullMarked
package dev.temper.sandbox.registry;

import org.jspecify.annotations.NullMarked;
