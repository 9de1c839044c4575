package dev.temper.app.moderation.query;

import java.util.Map;

/** Numbers among a request's parameters. */
public final class Parameters {
    private Parameters() {}

    /** @throws PageException 400 where it is no number, or out of range */
    public static int integer(Map<String, String> query, String name, int otherwise, int least, int most) {
        return (int) number(query, name, otherwise, least, most);
    }

    /** @throws PageException 400 where it is no number, or out of range */
    public static long number(Map<String, String> query, String name, long otherwise, long least, long most) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        if (text.matches("\\d{1,18}")) {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw new PageException(400, name + " must be a whole number from " + least + " to " + most);
    }
}
