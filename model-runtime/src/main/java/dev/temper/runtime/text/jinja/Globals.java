package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Attributed;
import dev.temper.runtime.text.jinja.Values.Callable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that every template has. */
final class Globals {

    /** Called by {@link Expression.Invocation} itself, which has the arguments as written. */
    static final Callable RAISE_EXCEPTION = (scope, arguments) -> {
        throw new JinjaException(JinjaException.Kind.RAISED, "…");
    };

    private static final int MAX_RANGE = 100_000;

    static final Map<String, Object> ALL = Map.of(
            "raise_exception", RAISE_EXCEPTION,
            "range", (Callable) Globals::range,
            "namespace", (Callable) Globals::namespace,
            "dict", (Callable) (scope, arguments) -> dictionary(scope, arguments),
            "strftime_now",
                    (Callable) (scope, arguments) ->
                            Strftime.format(scope.now(), arguments.text(0, "format"), scope.budget()));

    private Globals() {}

    /** The one thing that a template can change: {@code {% set ns.name = value %}}. */
    static final class Namespace implements Attributed {
        private final Map<String, Object> attributes = new LinkedHashMap<>();

        @Override
        public @Nullable Object attribute(String name) {
            return attributes.get(name);
        }

        void set(String name, Object value) {
            attributes.put(name, value);
        }
    }

    private static Object namespace(Scope scope, Arguments arguments) {
        Namespace namespace = new Namespace();
        dictionary(scope, arguments).forEach((key, value) -> namespace.set(String.valueOf(key), value));
        return namespace;
    }

    private static Map<Object, Object> dictionary(Scope scope, Arguments arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (!arguments.positional().isEmpty()) {
            Object source = arguments.positional().get(0);
            if (source instanceof Map<?, ?> given) {
                scope.budget().spend(given.size());
                map.putAll(given);
            } else {
                for (Object pair : Values.iterate(Values.defined(source), scope.budget())) {
                    List<Object> parts = Values.iterate(pair, scope.budget());
                    if (parts.size() != 2) {
                        throw JinjaException.evaluation("dict() needs pairs of key and value");
                    }
                    map.put(Values.key(parts.get(0)), parts.get(1));
                }
            }
        }
        map.putAll(arguments.named());
        return map;
    }

    private static Object range(Scope scope, Arguments arguments) {
        int count = arguments.positional().size();
        int start = count > 1 ? arguments.whole(0, "start", 0) : 0;
        int stop = Numbers.index(arguments.required(count > 1 ? 1 : 0, "stop"));
        int step = arguments.whole(2, "step", 1);
        if (step == 0) {
            throw JinjaException.evaluation("range() arg 3 must not be zero");
        }
        long length =
                step > 0 ? ((long) stop - start + step - 1) / step : ((long) start - stop - step - 1) / -(long) step;
        if (length > MAX_RANGE) {
            throw JinjaException.limit("a range has more than " + MAX_RANGE + " numbers");
        }
        scope.budget().spend(Math.max(0, length));
        List<Object> numbers = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            numbers.add(BigInteger.valueOf(start + i * step));
        }
        return numbers;
    }
}
