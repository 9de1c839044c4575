/** Questions to what the moderation page remembers: here, and on all instances together. */
@NullMarked
package dev.temper.app.moderation.query;

import org.jspecify.annotations.NullMarked;
