package dev.temper.runtime.text.jinja;

import static java.util.Map.entry;

import dev.temper.runtime.text.jinja.Values.Callable;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** What stands after {@code is}, and names a test in {@code select} and its relatives. */
final class Tests {

    private interface Test {
        boolean holds(Object value, Arguments arguments, Budget budget);
    }

    private static final Map<String, Test> ALL = Map.ofEntries(
            entry("defined", (v, a, b) -> !(v instanceof Undefined)),
            entry("undefined", (v, a, b) -> v instanceof Undefined),
            entry("none", (v, a, b) -> v == Values.NONE),
            entry("string", (v, a, b) -> v instanceof String),
            entry("number", (v, a, b) -> Numbers.isNumber(v)),
            entry("integer", (v, a, b) -> v instanceof BigInteger),
            entry("float", (v, a, b) -> v instanceof Double),
            entry("boolean", (v, a, b) -> v instanceof Boolean),
            entry("true", (v, a, b) -> v == Boolean.TRUE),
            entry("false", (v, a, b) -> v == Boolean.FALSE),
            entry("mapping", (v, a, b) -> v instanceof Map),
            entry("sequence", (v, a, b) -> isIterable(v)),
            entry("iterable", (v, a, b) -> isIterable(v)),
            entry("callable", (v, a, b) -> v instanceof Callable),
            entry("odd", (v, a, b) -> Numbers.whole(v).testBit(0)),
            entry("even", (v, a, b) -> !Numbers.whole(v).testBit(0)),
            entry(
                    "divisibleby",
                    (v, a, b) -> Numbers.whole(Operators.binary("%", v, a.required(0, "num"), b))
                                    .signum()
                            == 0),
            entry("lower", (v, a, b) -> cased(v, true, b)),
            entry("upper", (v, a, b) -> cased(v, false, b)),
            entry("sameas", (v, a, b) -> isSame(v, a.required(0, "other"))),
            entry("filter", (v, a, b) -> v instanceof String name && Filters.exists(name)),
            entry("test", (v, a, b) -> v instanceof String name && exists(name)),
            entry("in", (v, a, b) -> Values.contains(a.required(0, "seq"), v, b)),
            entry("eq", comparing("==")),
            entry("equalto", comparing("==")),
            entry("==", comparing("==")),
            entry("ne", comparing("!=")),
            entry("!=", comparing("!=")),
            entry("lt", comparing("<")),
            entry("lessthan", comparing("<")),
            entry("<", comparing("<")),
            entry("le", comparing("<=")),
            entry("<=", comparing("<=")),
            entry("gt", comparing(">")),
            entry("greaterthan", comparing(">")),
            entry(">", comparing(">")),
            entry("ge", comparing(">=")),
            entry(">=", comparing(">=")));

    private Tests() {}

    static boolean holds(String name, Scope scope, Object value, Arguments arguments) {
        Test test = ALL.get(name);
        if (test == null) {
            throw JinjaException.evaluation("No test named '" + name + "'");
        }
        return test.holds(value, arguments, scope.budget());
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static Test comparing(String operator) {
        return (value, arguments, budget) -> Operators.compare(operator, value, arguments.required(0, "other"), budget);
    }

    private static boolean isIterable(Object value) {
        return value instanceof String || value instanceof List || value instanceof Map || value instanceof Undefined;
    }

    private static boolean cased(Object value, boolean lower, Budget budget) {
        String text = value instanceof String s ? s : "";
        budget.spend(4L * text.length());
        return !Strings.lower(text).equals(Strings.upper(text))
                && text.equals(lower ? Strings.lower(text) : Strings.upper(text));
    }

    @SuppressWarnings("ReferenceEquality") // identity is what the test asks for
    private static boolean isSame(Object a, Object b) {
        boolean scalars = a instanceof Boolean || a instanceof BigInteger || a instanceof String;
        return a == b || (scalars && a.equals(b));
    }
}
