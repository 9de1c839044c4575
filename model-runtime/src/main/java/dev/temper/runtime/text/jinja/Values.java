package dev.temper.runtime.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a template can hold: {@link String}, {@link Boolean}, {@link BigInteger}, {@link Double}, {@link #NONE},
 * {@link Undefined}, {@link List}, {@link Tuple}, {@link Map}, {@link Attributed} and {@link Callable}; and Python's
 * rules for them.
 */
final class Values {

    /** Python's None. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    private Values() {}

    /** A variable, key or attribute that is not there; it may be tested and printed (as nothing), not used. */
    record Undefined(String problem) {}

    /** A list that prints as a tuple. */
    static final class Tuple extends AbstractList<Object> {
        private final List<Object> items;

        Tuple(List<Object> items) {
            this.items = items;
        }

        @Override
        public Object get(int index) {
            return items.get(index);
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    /** A value with named attributes: a loop, a namespace. */
    interface Attributed {
        /** The attribute, or null when there is none. */
        @Nullable
        Object attribute(String name);
    }

    /** A function, macro or bound method. */
    interface Callable {
        Object call(Scope scope, Arguments arguments);
    }

    /** A value from outside; null becomes None. Containers are copied. */
    static Object of(@Nullable Object value) {
        if (value == null) {
            return NONE;
        } else if (value instanceof String || value instanceof Boolean || value instanceof BigInteger) {
            return value;
        } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            return BigInteger.valueOf(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            return ((Number) value).doubleValue();
        } else if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>(list.size());
            list.forEach(item -> items.add(of(item)));
            return items;
        } else if (value instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            map.forEach((key, item) -> entries.put(String.valueOf(key), of(item)));
            return entries;
        }
        throw new IllegalArgumentException(
                "a template variable cannot be a " + value.getClass().getName());
    }

    static boolean isTrue(Object value) {
        if (value instanceof Boolean b) {
            return b;
        } else if (value instanceof String s) {
            return !s.isEmpty();
        } else if (value instanceof BigInteger i) {
            return i.signum() != 0;
        } else if (value instanceof Double d) {
            return d != 0;
        } else if (value instanceof List<?> list) {
            return !list.isEmpty();
        } else if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return value != NONE && !(value instanceof Undefined);
    }

    /** The value, unless it is undefined. */
    static Object defined(Object value) {
        if (value instanceof Undefined undefined) {
            throw JinjaException.evaluation(undefined.problem());
        }
        return value;
    }

    static String typeName(Object value) {
        if (value instanceof String) {
            return "str";
        } else if (value instanceof Boolean) {
            return "bool";
        } else if (value instanceof BigInteger) {
            return "int";
        } else if (value instanceof Double) {
            return "float";
        } else if (value instanceof Tuple) {
            return "tuple";
        } else if (value instanceof List) {
            return "list";
        } else if (value instanceof Map) {
            return "dict";
        } else if (value == NONE) {
            return "NoneType";
        } else if (value instanceof Callable) {
            return "function";
        }
        return value.getClass().getSimpleName();
    }

    /** What can be looped over, as a list. */
    @SuppressWarnings("unchecked")
    static List<Object> iterate(Object value, Budget budget) {
        if (value instanceof List<?> list) {
            budget.spend(list.size());
            return (List<Object>) list;
        } else if (value instanceof Map<?, ?> map) {
            budget.spend(map.size());
            return new ArrayList<>(map.keySet());
        } else if (value instanceof String text) {
            return Strings.characters(text, budget);
        } else if (value instanceof Undefined) {
            return Collections.emptyList();
        }
        throw JinjaException.evaluation("'" + typeName(value) + "' object is not iterable");
    }

    static boolean equal(Object a, Object b, Budget budget) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b) == 0;
        } else if (a instanceof String s && b instanceof String t) {
            budget.spend(1 + Math.min(s.length(), t.length()) / 16);
            return s.equals(t);
        } else if (a instanceof List<?> l && b instanceof List<?> m) {
            return a instanceof Tuple == b instanceof Tuple && l.size() == m.size() && equalItems(l, m, budget);
        } else if (a instanceof Map<?, ?> m && b instanceof Map<?, ?> n) {
            return m.size() == n.size()
                    && n.keySet().containsAll(m.keySet())
                    && equalItems(
                            List.copyOf(m.values()),
                            m.keySet().stream().map(n::get).toList(),
                            budget);
        }
        return a == b || (a instanceof Undefined && b instanceof Undefined);
    }

    private static boolean equalItems(List<?> a, List<?> b, Budget budget) {
        budget.enter();
        budget.spend(a.size());
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i), budget)) {
                budget.leave();
                return false;
            }
        }
        budget.leave();
        return true;
    }

    /** Python's order of two values; {@code operator} is for the error message. */
    static int compare(Object a, Object b, String operator, Budget budget) {
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        } else if (a instanceof String s && b instanceof String t) {
            budget.spend(1 + Math.min(s.length(), t.length()) / 16);
            int i = 0;
            while (i < Math.min(s.length(), t.length()) && s.charAt(i) == t.charAt(i)) {
                i++;
            }
            boolean inside = i < s.length() && i < t.length();
            return inside ? Integer.compare(s.codePointAt(i), t.codePointAt(i)) : s.length() - t.length();
        } else if (a instanceof List<?> l && b instanceof List<?> m) {
            budget.enter();
            for (int i = 0; i < Math.min(l.size(), m.size()); i++) {
                if (!equal(l.get(i), m.get(i), budget)) {
                    int order = compare(l.get(i), m.get(i), operator, budget);
                    budget.leave();
                    return order;
                }
            }
            budget.leave();
            return l.size() - m.size();
        }
        defined(a);
        defined(b);
        throw JinjaException.evaluation("'" + operator + "' not supported between instances of '" + typeName(a)
                + "' and '" + typeName(b) + "'");
    }

    static boolean contains(Object container, Object item, Budget budget) {
        if (container instanceof String text) {
            if (!(item instanceof String part)) {
                throw JinjaException.evaluation("'in <string>' requires string as left operand, not " + typeName(item));
            }
            budget.spendSearch(text.length(), part.length());
            return text.contains(part);
        } else if (container instanceof Map<?, ?> map) {
            return map.containsKey(key(item));
        }
        for (Object candidate : iterate(container, budget)) {
            if (equal(candidate, item, budget)) {
                return true;
            }
        }
        return false;
    }

    /** A dictionary key: text, number, truth value or None; True and 1.0 are the key 1, as in Python. */
    static Object key(Object value) {
        if (value instanceof String || value == NONE) {
            return value;
        } else if (Numbers.isNumber(value)) {
            return value instanceof Double d && d != Math.rint(d) ? value : Numbers.truncate(value);
        }
        throw JinjaException.evaluation("unhashable type: '" + typeName(value) + "'");
    }
}
