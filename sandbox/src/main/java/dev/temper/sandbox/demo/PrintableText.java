package dev.temper.sandbox.demo;

import java.util.regex.Pattern;

/**
 * Makes text that a model, or a stranger, wrote safe for a terminal: what could move the cursor, recolour the screen,
 * set the window's title or reverse the reading order does not get through.
 */
final class PrintableText {
    private static final char ELLIPSIS = '…';

    /** CSI, OSC and other string sequences, two-character escapes; 7-bit and 8-bit forms. Unfinished ones too. */
    private static final Pattern ESCAPE_SEQUENCE = Pattern.compile("(?:\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]?"
            + "|(?:\u001b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\\\|\u009c)?"
            + "|\u001b[ -/]*[0-~]?");

    /** Line breaks and other white space, which one space stands for. */
    private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\u0085\u2028\u2029]+");

    /** Controls, format characters (bidirectional overrides, zero-width), private use, lone surrogates, unassigned. */
    private static final Pattern INVISIBLE = Pattern.compile("\\p{C}");

    private PrintableText() {}

    /** The text on one line, without anything that a terminal would act on. */
    static String of(CharSequence text) {
        String withoutEscapes = ESCAPE_SEQUENCE.matcher(text).replaceAll("");
        String oneLine = WHITE_SPACE.matcher(withoutEscapes).replaceAll(" ");
        return INVISIBLE.matcher(oneLine).replaceAll("").strip();
    }

    /**
     * The text on one line of exactly this width, cut with an ellipsis or filled with spaces.
     *
     * @param width in code points, at least 1
     */
    static String cell(CharSequence text, int width) {
        String printable = of(text);
        int length = printable.codePointCount(0, printable.length());
        if (length <= width) {
            return printable + " ".repeat(width - length);
        }
        return printable.substring(0, printable.offsetByCodePoints(0, width - 1)) + ELLIPSIS;
    }
}
