package dev.temper.runtime.text.jinja;

import java.util.List;
import java.util.Map;

/** What a function, method, filter or test is called with, by position and by name. */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** The argument at a position or under a name, else the default. */
    Object get(int position, String name, Object otherwise) {
        if (position < positional.size()) {
            return positional.get(position);
        }
        Object value = named.get(name);
        return value == null ? otherwise : value;
    }

    Object required(int position, String name) {
        Object value = get(position, name, Missing.MISSING);
        if (value == Missing.MISSING) {
            throw JinjaException.evaluation("argument '" + name + "' is missing");
        }
        return value;
    }

    String text(int position, String name) {
        return text(required(position, name), name);
    }

    /** A text that may be left out or None. */
    String text(int position, String name, String otherwise) {
        Object value = get(position, name, otherwise);
        return value == Values.NONE ? otherwise : text(value, name);
    }

    private static String text(Object value, String name) {
        if (value instanceof String text) {
            return text;
        }
        throw JinjaException.evaluation(
                "argument '" + name + "' must be str, not " + Values.typeName(Values.defined(value)));
    }

    int whole(int position, String name, int otherwise) {
        Object value = get(position, name, Values.NONE);
        return value == Values.NONE ? otherwise : Numbers.index(value);
    }

    boolean flag(int position, String name) {
        return Values.isTrue(get(position, name, Boolean.FALSE));
    }

    /** Refuses what the function does not know: ignoring it would give another prompt than the reference's. */
    Arguments atMost(String function, int count, String... names) {
        if (positional.size() > count) {
            throw JinjaException.evaluation(
                    function + "() takes at most " + count + " arguments, not " + positional.size());
        }
        for (String name : named.keySet()) {
            if (!List.of(names).contains(name)) {
                throw JinjaException.evaluation(function + "() got an unexpected keyword argument '" + name + "'");
            }
        }
        return this;
    }

    /** The arguments after the first {@code count} by position. */
    Arguments after(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    private enum Missing {
        MISSING
    }
}
