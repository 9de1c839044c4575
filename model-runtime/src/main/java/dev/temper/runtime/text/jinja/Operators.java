package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Tuple;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Python's operators over template values; what Python refuses is refused with Python's words. */
final class Operators {

    private Operators() {}

    static Object binary(String operator, Object a, Object b, Budget budget) {
        if (operator.equals("~")) {
            String left = Printer.str(a, budget);
            String right = Printer.str(b, budget);
            budget.spend((long) left.length() + right.length());
            return left + right;
        }
        Values.defined(a);
        Values.defined(b);
        if (operator.equals("%") && a instanceof String format) {
            return PercentFormat.format(format, b, budget);
        } else if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            budget.spend(20);
            char code = operator.equals("//") ? 'f' : operator.equals("**") ? 'p' : operator.charAt(0);
            return Numbers.arithmetic(code, a, b);
        } else if (operator.equals("+")) {
            return concatenate(a, b, budget);
        } else if (operator.equals("*") && Numbers.isWhole(b) && (a instanceof String || a instanceof List)) {
            return repeat(a, Numbers.whole(b), budget);
        } else if (operator.equals("*") && Numbers.isWhole(a) && (b instanceof String || b instanceof List)) {
            return repeat(b, Numbers.whole(a), budget);
        }
        throw unsupported(operator, a, b);
    }

    private static Object concatenate(Object a, Object b, Budget budget) {
        if (a instanceof String left) {
            if (b instanceof String right) {
                budget.spend((long) left.length() + right.length());
                return left + right;
            }
            throw JinjaException.evaluation("can only concatenate str (not \"" + Values.typeName(b) + "\") to str");
        } else if (a instanceof List<?> left) {
            if (b instanceof List<?> right && a instanceof Tuple == b instanceof Tuple) {
                budget.spend((long) left.size() + right.size());
                List<Object> joined = new ArrayList<>(left);
                joined.addAll(right);
                return a instanceof Tuple ? new Tuple(joined) : joined;
            }
            throw JinjaException.evaluation("can only concatenate " + Values.typeName(a) + " (not \""
                    + Values.typeName(b) + "\") to " + Values.typeName(a));
        }
        throw unsupported("+", a, b);
    }

    private static Object repeat(Object sequence, BigInteger times, Budget budget) {
        int count = Math.max(0, Numbers.index(times));
        if (sequence instanceof String text) {
            budget.spend((long) text.length() * count);
            return text.repeat(count);
        }
        List<?> list = (List<?>) sequence;
        budget.spend((long) list.size() * count);
        List<Object> repeated = new ArrayList<>(list.size() * count);
        for (int i = 0; i < count && !list.isEmpty(); i++) {
            repeated.addAll(list);
        }
        return sequence instanceof Tuple ? new Tuple(repeated) : repeated;
    }

    static Object sign(boolean negative, Object operand) {
        Values.defined(operand);
        if (operand instanceof Double real) {
            return negative ? -real : real;
        } else if (Numbers.isWhole(operand)) {
            return negative ? Numbers.whole(operand).negate() : Numbers.whole(operand);
        }
        throw JinjaException.evaluation(
                "bad operand type for unary " + (negative ? "-" : "+") + ": '" + Values.typeName(operand) + "'");
    }

    static boolean compare(String operator, Object a, Object b, Budget budget) {
        return switch (operator) {
            case "==" -> Values.equal(a, b, budget);
            case "!=" -> !Values.equal(a, b, budget);
            case "in" -> Values.contains(b, a, budget);
            case "not in" -> !Values.contains(b, a, budget);
            default -> ordered(operator, a, b, budget);
        };
    }

    private static boolean ordered(String operator, Object a, Object b, Budget budget) {
        boolean nan = (a instanceof Double x && x.isNaN()) || (b instanceof Double y && y.isNaN());
        int order = Values.compare(a, b, operator, budget);
        return !nan
                && switch (operator) {
                    case "<" -> order < 0;
                    case "<=" -> order <= 0;
                    case ">" -> order > 0;
                    case ">=" -> order >= 0;
                    default -> throw new IllegalArgumentException(operator);
                };
    }

    private static JinjaException unsupported(String operator, Object a, Object b) {
        return JinjaException.evaluation("unsupported operand type(s) for " + operator + ": '" + Values.typeName(a)
                + "' and '" + Values.typeName(b) + "'");
    }
}
