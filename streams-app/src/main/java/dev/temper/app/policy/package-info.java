/** What is done with an answer, by its scores. Knows neither Kafka nor Avro. */
@NullMarked
package dev.temper.app.policy;

import org.jspecify.annotations.NullMarked;
