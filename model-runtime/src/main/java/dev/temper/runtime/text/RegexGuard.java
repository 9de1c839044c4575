package dev.temper.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses regular expressions in {@code tokenizer.json} that can backtrack without end. The native library gives up
 * after ten million steps by ending the whole process, so such a file must not get that far.
 *
 * <p>Refused are a repeated group with a repetition, an option or a choice inside, as {@code (a+)+}, {@code (a?){9}} and
 * {@code (a|b)*}, and back-references. Published tokenizers have none.
 */
final class RegexGuard {

    private static final Pattern RANGE = Pattern.compile("(\\d*)(,(\\d*))?\\}");

    private final String regex;
    private final Deque<Group> open = new ArrayDeque<>();
    private int position;

    private RegexGuard(String regex) {
        this.regex = regex;
    }

    /** What a group holds, groups inside it included. */
    private static final class Group {
        private boolean repeats;
        private boolean chooses;

        boolean isDangerousWhenRepeated() {
            return repeats || chooses;
        }
    }

    /** @throws TemperException when a pattern anywhere outside the vocabulary can backtrack without end */
    static void check(Path file, JsonNode tokenizer) {
        tokenizer.properties().forEach(part -> {
            if (!part.getKey().equals("model") && !part.getKey().equals("added_tokens")) {
                checkPart(file, part.getValue());
            }
        });
    }

    private static void checkPart(Path file, JsonNode node) {
        JsonNode regex = node.path("Regex");
        if (regex.isTextual() && new RegexGuard(regex.asText()).isDangerous()) {
            throw new TemperException(file + " holds a regular expression that may never finish (a repetition inside a"
                    + " repetition, or a back-reference); no published tokenizer does: check where the file is from");
        }
        node.forEach(child -> checkPart(file, child));
    }

    private boolean isDangerous() {
        open.push(new Group());
        Group atom = new Group(); // what a quantifier at this position would repeat
        while (position < regex.length()) {
            char c = regex.charAt(position++);
            switch (c) {
                case '\\' -> {
                    char escaped = position < regex.length() ? regex.charAt(position++) : ' ';
                    if ((escaped >= '1' && escaped <= '9') || escaped == 'k' || escaped == 'g') {
                        return true;
                    }
                    atom = new Group();
                }
                case '[' -> {
                    skipClass();
                    atom = new Group();
                }
                case '(' -> {
                    open.push(new Group());
                    position += position < regex.length() && regex.charAt(position) == '?' ? 1 : 0; // (?: and its like
                }
                case ')' -> {
                    atom = open.size() > 1 ? open.pop() : new Group();
                    top().repeats |= atom.repeats;
                    top().chooses |= atom.chooses;
                }
                case '|' -> top().chooses = true;
                case '?' -> {
                    top().repeats = true;
                    skipModifier();
                }
                case '*', '+', '{' -> {
                    Range range = c == '{' ? range() : Range.UNBOUNDED;
                    if (range.most() > 1 && atom.isDangerousWhenRepeated()) {
                        return true;
                    }
                    top().repeats |= range.isVariable();
                    skipModifier();
                }
                default -> atom = new Group();
            }
        }
        return false;
    }

    private Group top() {
        return open.element();
    }

    /** How often an atom may come. */
    private record Range(int least, int most) {
        private static final Range UNBOUNDED = new Range(0, Integer.MAX_VALUE);
        private static final Range ONCE = new Range(1, 1);

        boolean isVariable() {
            return least != most;
        }
    }

    /** What the braces just opened say, and skips them; braces that are no quantifier stand for themselves. */
    private Range range() {
        Matcher range = RANGE.matcher(regex).region(position, regex.length());
        if (!range.lookingAt()) {
            return Range.ONCE;
        }
        position = range.end();
        int least = number(range.group(1), 0);
        int most = range.group(2) == null ? least : number(range.group(3), Integer.MAX_VALUE);
        return new Range(least, most);
    }

    private static int number(String digits, int absent) {
        return digits.isEmpty() ? absent : digits.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /** A quantifier's {@code ?} or {@code +} that makes it lazy or possessive. */
    private void skipModifier() {
        if (position < regex.length() && "?+".indexOf(regex.charAt(position)) >= 0) {
            position++;
        }
    }

    /** Classes nest: {@code [a[^b]]}. */
    private void skipClass() {
        int depth = 1;
        while (position < regex.length() && depth > 0) {
            char c = regex.charAt(position++);
            if (c == '\\') {
                position++;
            } else if (c == '[') {
                depth++;
            } else if (c == ']') {
                depth--;
            }
        }
    }
}
