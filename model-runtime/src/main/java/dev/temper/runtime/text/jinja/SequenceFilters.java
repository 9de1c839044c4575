package dev.temper.runtime.text.jinja;

import static java.util.Map.entry;

import dev.temper.runtime.text.jinja.Filters.Filter;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters that go over the items of a sequence. */
final class SequenceFilters {

    static final Map<String, Filter> ALL = Map.ofEntries(
            entry("join", SequenceFilters::join),
            entry("map", SequenceFilters::map),
            entry("select", (s, v, a) -> select(s, v, a, false, true)),
            entry("reject", (s, v, a) -> select(s, v, a, false, false)),
            entry("selectattr", (s, v, a) -> select(s, v, a, true, true)),
            entry("rejectattr", (s, v, a) -> select(s, v, a, true, false)),
            entry("sort", SequenceFilters::sort),
            entry("dictsort", SequenceFilters::sortDictionary),
            entry("unique", SequenceFilters::unique),
            entry("sum", SequenceFilters::sum),
            entry("min", (s, v, a) -> extreme(s, v, a, 1)),
            entry("max", (s, v, a) -> extreme(s, v, a, -1)),
            entry("batch", SequenceFilters::batch));

    private SequenceFilters() {}

    private static Object join(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("join", 2, "d", "attribute");
        UnaryOperator<Object> key = attribute(arguments.get(1, "attribute", Values.NONE), scope);
        List<Object> texts = new ArrayList<>();
        for (Object item : Values.iterate(value, scope.budget())) {
            texts.add(Printer.str(key.apply(item), scope.budget()));
        }
        return Methods.join(Printer.str(arguments.get(0, "d", ""), scope.budget()), texts, scope.budget());
    }

    /** {@code map(attribute='name', default=…)} or {@code map('filter', …)}. */
    private static Object map(Scope scope, Object value, Arguments arguments) {
        List<Object> mapped = new ArrayList<>();
        boolean byAttribute = arguments.positional().isEmpty();
        UnaryOperator<Object> key = attribute(arguments.get(0, "attribute", Values.NONE), scope);
        for (Object item : Values.iterate(value, scope.budget())) {
            if (byAttribute) {
                arguments.atMost("map", 0, "attribute", "default");
                Object found = key.apply(item);
                mapped.add(found instanceof Undefined ? arguments.get(1, "default", found) : found);
            } else {
                mapped.add(Filters.apply(known(arguments.text(0, "filter"), true), scope, item, arguments.after(1)));
            }
        }
        return mapped;
    }

    private static Object select(
            Scope scope, Object value, Arguments arguments, boolean byAttribute, boolean whenTrue) {
        UnaryOperator<Object> key =
                byAttribute ? attribute(arguments.required(0, "attribute"), scope) : UnaryOperator.identity();
        Arguments test = arguments.after(byAttribute ? 1 : 0);
        List<Object> selected = new ArrayList<>();
        for (Object item : Values.iterate(value, scope.budget())) {
            Object tested = key.apply(item);
            boolean holds = test.positional().isEmpty()
                    ? Values.isTrue(tested)
                    : Tests.holds(known(test.text(0, "test"), false), scope, tested, test.after(1));
            if (holds == whenTrue) {
                selected.add(item);
            }
        }
        return selected;
    }

    private static Object sort(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("sort", 3, "reverse", "case_sensitive", "attribute");
        UnaryOperator<Object> key = comparable(
                attribute(arguments.get(2, "attribute", Values.NONE), scope),
                arguments.flag(1, "case_sensitive"),
                scope.budget());
        return sorted(new ArrayList<>(Values.iterate(value, scope.budget())), key, arguments.flag(0, "reverse"), scope);
    }

    private static Object sortDictionary(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("dictsort", 3, "case_sensitive", "by", "reverse");
        if (!(value instanceof Map<?, ?> map)) {
            throw JinjaException.evaluation("dictsort needs a mapping, not " + Values.typeName(value));
        }
        int part = arguments.text(1, "by", "key").equals("value") ? 1 : 0;
        UnaryOperator<Object> key =
                comparable(pair -> ((List<?>) pair).get(part), arguments.flag(0, "case_sensitive"), scope.budget());
        return sorted(Methods.items(map, scope.budget()), key, arguments.flag(2, "reverse"), scope);
    }

    private static List<Object> sorted(List<Object> items, UnaryOperator<Object> key, boolean reverse, Scope scope) {
        scope.budget().spend(items.size() * 20L);
        record Keyed(Object key, Object item) {}
        Comparator<Keyed> order = (a, b) -> Values.compare(a.key(), b.key(), "<", scope.budget());
        return new ArrayList<>(items.stream()
                .map(item -> new Keyed(key.apply(item), item))
                .sorted(reverse ? order.reversed() : order)
                .map(Keyed::item)
                .toList());
    }

    private static Object unique(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("unique", 2, "case_sensitive", "attribute");
        UnaryOperator<Object> key = comparable(
                attribute(arguments.get(1, "attribute", Values.NONE), scope),
                arguments.flag(0, "case_sensitive"),
                scope.budget());
        java.util.Set<Object> seen = new java.util.HashSet<>();
        List<Object> unique = new ArrayList<>();
        for (Object item : Values.iterate(value, scope.budget())) {
            if (seen.add(Values.key(key.apply(item)))) {
                unique.add(item);
            }
        }
        return unique;
    }

    private static Object sum(Scope scope, Object value, Arguments arguments) {
        arguments.atMost("sum", 2, "attribute", "start");
        UnaryOperator<Object> key = attribute(arguments.get(0, "attribute", Values.NONE), scope);
        Object total = arguments.get(1, "start", BigInteger.ZERO);
        for (Object item : Values.iterate(value, scope.budget())) {
            total = Operators.binary("+", total, key.apply(item), scope.budget());
        }
        return total;
    }

    private static Object extreme(Scope scope, Object value, Arguments arguments, int sign) {
        arguments.atMost("min/max", 2, "case_sensitive", "attribute");
        UnaryOperator<Object> key = comparable(
                attribute(arguments.get(1, "attribute", Values.NONE), scope),
                arguments.flag(0, "case_sensitive"),
                scope.budget());
        Object best = new Undefined("No aggregated item, sequence was empty.");
        for (Object item : Values.iterate(value, scope.budget())) {
            if (best instanceof Undefined
                    || sign * Values.compare(key.apply(item), key.apply(best), "<", scope.budget()) < 0) {
                best = item;
            }
        }
        return best;
    }

    private static Object batch(Scope scope, Object value, Arguments arguments) {
        int size = Math.max(1, arguments.whole(0, "linecount", 1));
        Object fill = arguments.get(1, "fill_with", Values.NONE);
        List<Object> batches = new ArrayList<>();
        List<Object> items = Values.iterate(value, scope.budget());
        for (int from = 0; from < items.size(); from += size) {
            List<Object> batch = new ArrayList<>(items.subList(from, Math.min(items.size(), from + size)));
            while (fill != Values.NONE && batch.size() < size) {
                scope.budget().spend(1);
                batch.add(fill);
            }
            batches.add(batch);
        }
        return batches;
    }

    /** A name that the template computed: an error must not show it, it may be content. */
    private static String known(String name, boolean filter) {
        if (filter ? !Filters.exists(name) : !Tests.exists(name)) {
            throw JinjaException.evaluation(
                    filter ? "map() names a filter that is not there" : "a selection names a test that is not there");
        }
        return name;
    }

    /** A getter for {@code a}, {@code a.b} or {@code 0}; None gives the item itself. */
    private static UnaryOperator<Object> attribute(Object path, Scope scope) {
        if (path == Values.NONE) {
            return UnaryOperator.identity();
        }
        List<Object> steps = new ArrayList<>();
        for (String step : Printer.str(path, scope.budget()).split("\\.", -1)) {
            BigInteger index = Numbers.parseWhole(step);
            steps.add(index != null && index.signum() >= 0 ? index : step);
        }
        return item -> {
            Object value = item;
            for (Object step : steps) {
                scope.budget().spend(1);
                value = Access.item(value, step, "…", scope.budget());
            }
            return value;
        };
    }

    /** Sorting and its like ignore case unless told otherwise. */
    private static UnaryOperator<Object> comparable(UnaryOperator<Object> key, boolean caseSensitive, Budget budget) {
        return item -> {
            Object value = key.apply(item);
            if (value instanceof String text && !caseSensitive) {
                budget.spend(text.length());
                return Strings.lower(text);
            }
            return value;
        };
    }
}
