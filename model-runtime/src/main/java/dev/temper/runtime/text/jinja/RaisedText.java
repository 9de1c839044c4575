package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Expression.Binary;
import dev.temper.runtime.text.jinja.Expression.Conditional;
import dev.temper.runtime.text.jinja.Expression.Filtered;
import dev.temper.runtime.text.jinja.Expression.Literal;
import java.util.List;
import java.util.Set;

/**
 * The text of {@code raise_exception(…)} as far as it is the template's own words. What comes from the conversation is
 * shown as "…", because error messages are logged; lengths are shown.
 */
final class RaisedText {

    private static final Set<String> LENGTHS = Set.of("length", "count");

    private RaisedText() {}

    static String of(List<Expression> arguments, Scope scope) {
        return arguments.isEmpty() ? "" : shown(arguments.get(0), scope);
    }

    private static String shown(Expression expression, Scope scope) {
        if (expression instanceof Literal
                || (expression instanceof Filtered filtered && LENGTHS.contains(filtered.filter()))) {
            return Printer.str(expression.evaluate(scope), scope.budget());
        } else if (expression instanceof Binary binary
                && (binary.operator().equals("+") || binary.operator().equals("~"))) {
            return shown(binary.left(), scope) + shown(binary.right(), scope);
        } else if (expression instanceof Conditional choice && choice.otherwise() != null) {
            boolean first = Values.isTrue(choice.condition().evaluate(scope));
            return shown(first ? choice.then() : choice.otherwise(), scope);
        }
        return "…";
    }
}
