package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Attributed;
import dev.temper.runtime.text.jinja.Values.Callable;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code loop} variable. */
final class LoopState implements Attributed {

    private final List<Object> items;
    private int index;
    private List<Object> lastChecked = List.of();

    LoopState(List<Object> items) {
        this.items = items;
    }

    void moveTo(int newIndex) {
        this.index = newIndex;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> BigInteger.valueOf(index + 1L);
            case "index0" -> BigInteger.valueOf(index);
            case "revindex" -> BigInteger.valueOf((long) items.size() - index);
            case "revindex0" -> BigInteger.valueOf(items.size() - index - 1L);
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> BigInteger.valueOf(items.size());
            case "depth" -> BigInteger.ONE;
            case "depth0" -> BigInteger.ZERO;
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index < items.size() - 1 ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle" ->
                (Callable) (scope, arguments) -> {
                    if (arguments.positional().isEmpty()) {
                        throw JinjaException.evaluation("no items for cycling given");
                    }
                    return arguments
                            .positional()
                            .get(index % arguments.positional().size());
                };
            case "changed" ->
                (Callable) (scope, arguments) -> {
                    boolean changed = !Values.equal(lastChecked, arguments.positional(), scope.budget());
                    lastChecked = arguments.positional();
                    return changed;
                };
            default -> null;
        };
    }
}
