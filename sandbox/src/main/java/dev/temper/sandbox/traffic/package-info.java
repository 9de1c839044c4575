/** Sample chat traffic: prompts from files, and those that come with this module. */
@NullMarked
package dev.temper.sandbox.traffic;

import org.jspecify.annotations.NullMarked;
