/** A Kafka broker inside this JVM, its data in a folder. */
@NullMarked
package dev.temper.sandbox.broker;

import org.jspecify.annotations.NullMarked;
