package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Undefined;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Variables by name; what an inner scope sets is gone when it ends. One rendering's scopes share its budget. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Object> variables = new HashMap<>();
    private final Budget budget;
    private final Supplier<ZonedDateTime> now;

    Scope(Budget budget, Supplier<ZonedDateTime> now) {
        this(null, budget, now);
    }

    private Scope(@Nullable Scope outer, Budget budget, Supplier<ZonedDateTime> now) {
        this.outer = outer;
        this.budget = budget;
        this.now = now;
    }

    Scope inner() {
        return new Scope(this, budget, now);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
            budget.spend(1);
        }
        Object global = Globals.ALL.get(name);
        return global == null ? new Undefined("'" + name + "' is undefined") : global;
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    Budget budget() {
        return budget;
    }

    /** The local time that {@code strftime_now} prints. */
    ZonedDateTime now() {
        return now.get();
    }
}
