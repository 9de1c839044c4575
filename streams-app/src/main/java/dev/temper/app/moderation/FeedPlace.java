package dev.temper.app.moderation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far a reader of the feed has come: the next offset of each partition of the flagged and the verdicts topic. As text it
 * is the id of an event, with which any instance can go on behind that event.
 */
record FeedPlace(List<Long> flagged, List<Long> verdicts) {
    private static final Pattern TEXT = Pattern.compile("\\d{1,18}(\\.\\d{1,18})*-\\d{1,18}(\\.\\d{1,18})*");
    private static final int MOST_CHARACTERS = 20_000;

    FeedPlace {
        flagged = List.copyOf(flagged);
        verdicts = List.copyOf(verdicts);
    }

    /** What {@link #toString()} wrote; nothing where it did not. */
    static Optional<FeedPlace> parse(String text) {
        if (text.length() > MOST_CHARACTERS || !TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        int between = text.indexOf('-');
        return Optional.of(new FeedPlace(offsets(text.substring(0, between)), offsets(text.substring(between + 1))));
    }

    private static List<Long> offsets(String text) {
        return Arrays.stream(text.split("\\.")).map(Long::valueOf).toList();
    }

    /** The place behind a flagged event. */
    FeedPlace behindFlagged(int partition, long offset) {
        return new FeedPlace(behind(flagged, partition, offset), verdicts);
    }

    /** The place behind a verdict. */
    FeedPlace behindVerdict(int partition, long offset) {
        return new FeedPlace(flagged, behind(verdicts, partition, offset));
    }

    private static List<Long> behind(List<Long> offsets, int partition, long offset) {
        List<Long> moved = new ArrayList<>(offsets);
        moved.set(partition, offset + 1);
        return moved;
    }

    @Override
    public String toString() {
        return text(flagged) + "-" + text(verdicts);
    }

    private static String text(List<Long> offsets) {
        return offsets.stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
