/**
 * What is measured of prompts on their way, and the spans that they leave: numbers, names and places, never keys, ids or
 * text.
 */
@NullMarked
package dev.temper.app.observe;

import org.jspecify.annotations.NullMarked;
