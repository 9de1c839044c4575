package dev.temper.app.observe;

import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The meters of one name, by their tags' values. Each is registered when it is first asked for, and kept: to ask the
 * registry costs many times what measuring does. Thread-safe.
 */
final class Tagged<M> {
    private final List<String> names;
    private final Function<List<Tag>, M> register;
    private final Map<List<String>, M> known = new ConcurrentHashMap<>();

    /** @param register makes a meter with these tags */
    Tagged(List<String> names, Function<List<Tag>, M> register) {
        this.names = names;
        this.register = register;
    }

    /** @param values a bounded number of them, in the order of the names */
    M of(String... values) {
        return known.computeIfAbsent(List.of(values), this::make);
    }

    private M make(List<String> values) {
        List<Tag> tags = new ArrayList<>(names.size());
        for (int i = 0; i < names.size(); i++) {
            tags.add(Tag.of(names.get(i), values.get(i)));
        }
        return register.apply(tags);
    }
}
