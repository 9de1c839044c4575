/**
 * An interpreter of the Jinja dialect that chat templates are written in: the expressions, tags, filters, tests and
 * string methods that transformers' own environment offers (trim_blocks, lstrip_blocks, loop controls, its
 * {@code tojson}, {@code raise_exception}, {@code strftime_now}), with Python's rules for values and for printing them.
 *
 * <p><b>Why not a library.</b> Jinjava, the one maintained Jinja engine for Java, was measured first, on the reference
 * results under {@code src/test/resources/goldens}: with its defaults it gives 32 of 79 snippets and 98 of 168 chat
 * cases, with all its compatibility settings 42 and 57. What fails is its grammar and its value model ({@code for … if},
 * {@code [::-1]}, {@code not x == 2}, string indexing, {@code None + text} passing silently, {@code true} for
 * {@code True}, loop whitespace), not a filter or two that could be added. A prompt that differs by one space from what
 * the model was trained on is a wrong prompt, so the dialect has to be exact. Jinjava also finds methods by reflection,
 * which a sandbox then has to forbid.
 *
 * <p><b>The sandbox.</b> Templates come from strangers. Here nothing needs to be forbidden, because nothing is there:
 *
 * <ol>
 *   <li>Values are text, numbers, truth values, None, lists and dictionaries; attributes are dictionary keys or one of
 *       a fixed table of methods. No Java object is ever reachable, and no reflection is used.
 *   <li>No tag or function reads a file, another template, the environment or the network.
 *   <li>Work, output and nesting are bounded by {@link dev.temper.runtime.text.jinja.Budget}: every node, loop turn and
 *       character made costs, so time and memory are bounded too, on any machine, without a clock.
 *   <li>Values cannot be changed in place (as in transformers), except attributes of a {@code namespace()}.
 * </ol>
 *
 * <p>Not offered: {@code include}, {@code import}, {@code extends}, {@code block}, {@code call}, {@code filter} and
 * {@code with} blocks, recursive loops, {@code *args}. A template that uses one is refused with its name and line.
 */
@NullMarked
package dev.temper.runtime.text.jinja;

import org.jspecify.annotations.NullMarked;
