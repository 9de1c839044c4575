package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Callable;
import dev.temper.runtime.text.jinja.Values.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node that has a value. Immutable. */
sealed interface Expression {

    /** The value; pays for the node and counts its depth, so callers use this and never {@link #compute}. */
    default Object evaluate(Scope scope) {
        scope.budget().enter();
        scope.budget().spend(1);
        Object value = compute(scope);
        scope.budget().leave();
        return value;
    }

    Object compute(Scope scope);

    record Literal(Object value) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return value;
        }
    }

    record Name(String name) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return scope.get(name);
        }
    }

    record Items(List<Expression> items, boolean tuple) implements Expression {
        @Override
        public Object compute(Scope scope) {
            List<Object> values = evaluateAll(items, scope);
            return tuple ? new Tuple(values) : values;
        }
    }

    record Dictionary(List<Expression> keys, List<Expression> values) implements Expression {
        @Override
        public Object compute(Scope scope) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(Values.key(keys.get(i).evaluate(scope)), values.get(i).evaluate(scope));
            }
            return map;
        }
    }

    record Attribute(Expression target, String name) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Access.attribute(target.evaluate(scope), name);
        }
    }

    record Subscript(Expression target, Expression key) implements Expression {
        @Override
        public Object compute(Scope scope) {
            // Only a key that stands in the template may appear in an error message.
            String shown = key instanceof Literal literal ? Printer.str(literal.value(), scope.budget()) : "…";
            return Access.item(target.evaluate(scope), key.evaluate(scope), shown, scope.budget());
        }
    }

    record Slice(
            Expression target,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Access.slice(
                    target.evaluate(scope),
                    value(start, scope),
                    value(stop, scope),
                    value(step, scope),
                    scope.budget());
        }

        private static Object value(@Nullable Expression bound, Scope scope) {
            return bound == null ? Values.NONE : bound.evaluate(scope);
        }
    }

    /** Arguments as written. */
    record Call(List<Expression> positional, Map<String, Expression> named) {
        Arguments evaluate(Scope scope) {
            Map<String, Object> values = new LinkedHashMap<>();
            named.forEach((name, value) -> values.put(name, value.evaluate(scope)));
            return new Arguments(evaluateAll(positional, scope), values);
        }
    }

    record Invocation(Expression target, Call call) implements Expression {
        @Override
        public Object compute(Scope scope) {
            Object function = Values.defined(target.evaluate(scope));
            if (function == Globals.RAISE_EXCEPTION) {
                throw new JinjaException(JinjaException.Kind.RAISED, RaisedText.of(call.positional(), scope));
            }
            if (function instanceof Callable callable) {
                return callable.call(scope, call.evaluate(scope));
            }
            throw JinjaException.evaluation("'" + Values.typeName(function) + "' object is not callable");
        }
    }

    record Filtered(Expression target, String filter, Call call) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Filters.apply(filter, scope, target.evaluate(scope), call.evaluate(scope));
        }
    }

    record Tested(Expression target, String test, Call call) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Tests.holds(test, scope, target.evaluate(scope), call.evaluate(scope));
        }
    }

    /** Arithmetic and {@code ~}; the operators as written. */
    record Binary(String operator, Expression left, Expression right) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Operators.binary(operator, left.evaluate(scope), right.evaluate(scope), scope.budget());
        }
    }

    record Sign(boolean negative, Expression operand) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return Operators.sign(negative, operand.evaluate(scope));
        }
    }

    /** {@code a < b <= c}: each neighbouring pair must hold; an operand is computed once. */
    record Comparison(Expression first, List<String> operators, List<Expression> operands) implements Expression {
        @Override
        public Object compute(Scope scope) {
            Object left = first.evaluate(scope);
            for (int i = 0; i < operators.size(); i++) {
                Object right = operands.get(i).evaluate(scope);
                if (!Operators.compare(operators.get(i), left, right, scope.budget())) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    /** {@code and}, {@code or}: the deciding operand itself is the value, as in Python. */
    record Logical(boolean and, Expression left, Expression right) implements Expression {
        @Override
        public Object compute(Scope scope) {
            Object value = left.evaluate(scope);
            return Values.isTrue(value) == and ? right.evaluate(scope) : value;
        }
    }

    record Not(Expression operand) implements Expression {
        @Override
        public Object compute(Scope scope) {
            return !Values.isTrue(operand.evaluate(scope));
        }
    }

    record Conditional(
            Expression condition, Expression then, @Nullable Expression otherwise) implements Expression {
        @Override
        public Object compute(Scope scope) {
            if (Values.isTrue(condition.evaluate(scope))) {
                return then.evaluate(scope);
            }
            return otherwise == null
                    ? new Values.Undefined("the inline if-expression was false and has no else")
                    : otherwise.evaluate(scope);
        }
    }

    static List<Object> evaluateAll(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        expressions.forEach(expression -> values.add(expression.evaluate(scope)));
        return values;
    }
}
