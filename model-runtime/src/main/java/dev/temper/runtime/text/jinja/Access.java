package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Attributed;
import dev.temper.runtime.text.jinja.Values.Tuple;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** {@code a.b}, {@code a[b]} and {@code a[b:c:d]}: dictionary keys, list items, and the fixed methods of a type. */
final class Access {

    private Access() {}

    /** {@code a.b}: a method first, then a key, as Jinja looks. */
    static Object attribute(Object target, String name) {
        Values.defined(target);
        Object member = member(target, name);
        if (member == null && target instanceof Map<?, ?> map) {
            member = map.get(name);
        }
        return member == null ? missing(target, name) : member;
    }

    /** {@code a[b]}: an item first, then a method. */
    static Object item(Object target, Object key, String shownKey, Budget budget) {
        Values.defined(target);
        if (target instanceof Map<?, ?> map && (key instanceof String || Numbers.isNumber(key) || key == Values.NONE)) {
            Object value = map.get(Values.key(key));
            if (value != null) {
                return value;
            }
        } else if (Numbers.isWhole(key) && (target instanceof List || target instanceof String)) {
            return element(target, key, shownKey, budget);
        }
        Object member = key instanceof String name ? member(target, name) : null;
        return member == null ? missing(target, shownKey) : member;
    }

    private static @Nullable Object member(Object target, String name) {
        return target instanceof Attributed attributed ? attributed.attribute(name) : Methods.of(target, name);
    }

    private static Undefined missing(Object target, String name) {
        String type = target == Values.NONE ? "'None'" : "'" + Values.typeName(target) + " object'";
        return new Undefined(type + " has no attribute '" + name + "'");
    }

    private static Object element(Object target, Object key, String shownKey, Budget budget) {
        int size = size(target);
        if (target instanceof String) {
            budget.spend(size);
        }
        int index = Numbers.whole(key).bitLength() > 31 ? size : Numbers.index(key);
        int at = index < 0 ? index + size : index;
        if (at < 0 || at >= size) {
            return new Undefined(Values.typeName(target) + " object has no element " + shownKey);
        }
        return elements(target).apply(at);
    }

    private static int size(Object sequence) {
        return sequence instanceof String text ? Strings.length(text) : ((List<?>) sequence).size();
    }

    private static IntFunction<Object> elements(Object sequence) {
        if (sequence instanceof String text) {
            return i -> Character.toString(text.codePointAt(text.offsetByCodePoints(0, i)));
        }
        List<?> list = (List<?>) sequence;
        return list::get;
    }

    static Object slice(Object target, Object start, Object stop, Object step, Budget budget) {
        Values.defined(target);
        if (!(target instanceof String) && !(target instanceof List)) {
            throw JinjaException.evaluation("'" + Values.typeName(target) + "' object cannot be sliced");
        }
        int size = size(target);
        int by = step == Values.NONE ? 1 : Numbers.index(step);
        if (by == 0) {
            throw JinjaException.evaluation("slice step cannot be zero");
        }
        budget.spend(size);
        int from = bound(start, by > 0 ? 0 : size - 1, size, by);
        int to = bound(stop, by > 0 ? size : -1, size, by);
        Object source = target instanceof String text ? Strings.characters(text, budget) : target;
        List<Object> taken = new ArrayList<>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            taken.add(((List<?>) source).get((int) i));
        }
        if (target instanceof String) {
            StringBuilder out = new StringBuilder();
            taken.forEach(out::append);
            return out.toString();
        }
        return target instanceof Tuple ? new Tuple(taken) : taken;
    }

    /** A bound as Python reads it: from the end when negative, and inside the sequence. */
    private static int bound(Object value, int otherwise, int size, int step) {
        if (value == Values.NONE) {
            return otherwise;
        }
        long index = Numbers.whole(value).bitLength() > 31
                ? Numbers.whole(value).signum() * (long) Integer.MAX_VALUE
                : Numbers.index(value);
        long at = index < 0 ? index + size : index;
        long low = step > 0 ? 0 : -1;
        return (int) Math.max(low, Math.min(at, step > 0 ? size : size - 1L));
    }
}
