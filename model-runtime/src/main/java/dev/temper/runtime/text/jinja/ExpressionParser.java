package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Expression.Call;
import dev.temper.runtime.text.jinja.Token.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Recursive descent over Jinja's expression grammar, weakest operator first. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<Type> ARGUMENT_STARTS = Set.of(Type.NAME, Type.STRING, Type.INTEGER, Type.FLOAT);
    private static final Set<String> NOT_ARGUMENTS = Set.of("else", "or", "and", "is", "in", "not", "if");
    private static final int MAX_NUMBER_LENGTH = 600;

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** An expression, or several with commas, which make a tuple. */
    Expression tuple(boolean conditional) {
        Expression first = conditional ? expression() : or();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",") && !atTupleEnd()) {
            items.add(conditional ? expression() : or());
        }
        return new Expression.Items(items, true);
    }

    private boolean atTupleEnd() {
        Type type = tokens.peek().type();
        return type == Type.END_PRINT || type == Type.END_TAG || tokens.atOperator(")") || tokens.atOperator("]");
    }

    Expression expression() {
        tokens.enter();
        Expression value = or();
        while (tokens.takeName("if")) {
            Expression condition = or();
            value = new Expression.Conditional(condition, value, tokens.takeName("else") ? expression() : null);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (tokens.takeName("or")) {
            left = new Expression.Logical(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.takeName("and")) {
            left = new Expression.Logical(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (tokens.takeName("not")) {
            tokens.enter();
            Expression operand = not();
            tokens.leave();
            return new Expression.Not(operand);
        }
        return comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            if (tokens.peek().type() == Type.OPERATOR
                    && COMPARISONS.contains(tokens.peek().text())) {
                operators.add(tokens.next().text());
            } else if (tokens.takeName("in")) {
                operators.add("in");
            } else if (tokens.atName("not") && tokens.peekSecond().is(Type.NAME, "in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expression.Comparison(first, operators, operands);
            }
            operands.add(sum());
        }
    }

    private Expression sum() {
        return binary(this::concatenation, "+", "-");
    }

    private Expression concatenation() {
        return binary(this::product, "~");
    }

    private Expression product() {
        return binary(this::power, "*", "/", "//", "%");
    }

    private Expression power() {
        return binary(() -> unary(true), "**");
    }

    private Expression binary(Supplier<Expression> operand, String... operators) {
        Expression left = operand.get();
        while (tokens.peek().type() == Type.OPERATOR
                && List.of(operators).contains(tokens.peek().text())) {
            left = new Expression.Binary(tokens.next().text(), left, operand.get());
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        Expression node;
        if (tokens.atOperator("-") || tokens.atOperator("+")) {
            tokens.enter();
            node = new Expression.Sign(tokens.next().text().equals("-"), unary(false));
            tokens.leave();
        } else {
            node = postfix(primary());
        }
        return withFilters ? filters(node) : node;
    }

    private Expression primary() {
        Token token = tokens.next();
        switch (token.type()) {
            case NAME -> {
                return switch (token.text()) {
                    case "true", "True" -> new Expression.Literal(true);
                    case "false", "False" -> new Expression.Literal(false);
                    case "none", "None" -> new Expression.Literal(Values.NONE);
                    default -> new Expression.Name(token.text());
                };
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.peek().type() == Type.STRING) {
                    text.append(tokens.next().text());
                }
                return new Expression.Literal(text.toString());
            }
            case INTEGER, FLOAT -> {
                return new Expression.Literal(number(token));
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        return parenthesis();
                    }
                    case "[" -> {
                        return new Expression.Items(items("]"), false);
                    }
                    case "{" -> {
                        return dictionary();
                    }
                    default -> {}
                }
            }
            default -> {}
        }
        throw JinjaException.syntax(token.line(), "expected a value instead of " + token.shown());
    }

    private static Object number(Token token) {
        String digits = token.text().replace("_", "");
        if (digits.length() > MAX_NUMBER_LENGTH) {
            throw JinjaException.syntax(token.line(), "a number is too long");
        } else if (token.type() == Type.FLOAT) {
            return Double.valueOf(digits);
        }
        int base = digits.length() < 2
                ? 10
                : switch (Strings.lower(digits.substring(0, 2))) {
                    case "0x" -> 16;
                    case "0o" -> 8;
                    case "0b" -> 2;
                    default -> 10;
                };
        String bare = base == 10 ? digits : digits.substring(2);
        if (bare.isEmpty()) {
            throw JinjaException.syntax(token.line(), "a number has no digits");
        }
        return new BigInteger(bare, base);
    }

    private Expression parenthesis() {
        if (tokens.takeOperator(")")) {
            return new Expression.Items(List.of(), true);
        }
        Expression inside = tuple(true);
        tokens.expectOperator(")");
        return inside;
    }

    /** Expressions with commas, up to the closing bracket, which is taken. */
    private List<Expression> items(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.takeOperator(close)) {
            items.add(expression());
            if (!tokens.atOperator(close)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression dictionary() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.takeOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.atOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.Dictionary(keys, values);
    }

    private Expression postfix(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.takeOperator(".")) {
                Token name = tokens.next();
                if (name.type() == Type.INTEGER) {
                    node = new Expression.Subscript(node, new Expression.Literal(number(name)));
                } else if (name.type() == Type.NAME) {
                    node = new Expression.Attribute(node, name.text());
                } else {
                    throw JinjaException.syntax(name.line(), "expected a name after '.'");
                }
            } else if (tokens.takeOperator("[")) {
                node = subscript(node);
            } else if (tokens.atOperator("(")) {
                node = new Expression.Invocation(node, call());
            } else {
                return node;
            }
        }
    }

    private Expression subscript(Expression target) {
        Expression start = tokens.atOperator(":") ? null : tuple(true);
        if (start != null && tokens.takeOperator("]")) {
            return new Expression.Subscript(target, start);
        }
        tokens.expectOperator(":");
        Expression stop = sliceBound();
        Expression step = tokens.takeOperator(":") ? sliceBound() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(target, start, stop, step);
    }

    private @Nullable Expression sliceBound() {
        return tokens.atOperator(":") || tokens.atOperator("]") ? null : expression();
    }

    private Call call() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            if (tokens.atOperator("*") || tokens.atOperator("**")) {
                throw JinjaException.syntax(tokens.peek().line(), "'*' before an argument is not supported");
            }
            if (tokens.peek().type() == Type.NAME && tokens.peekSecond().is(Type.OPERATOR, "=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expression());
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw JinjaException.syntax(tokens.peek().line(), "a positional argument follows a named one");
            }
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Call(positional, named);
    }

    private Expression filters(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.takeOperator("|")) {
                String name = dottedName("a filter");
                node = new Expression.Filtered(node, name, tokens.atOperator("(") ? call() : none());
            } else if (tokens.takeName("is")) {
                node = test(node);
            } else if (tokens.atOperator("(")) {
                node = new Expression.Invocation(node, call());
            } else {
                return node;
            }
        }
    }

    private Expression test(Expression target) {
        boolean negated = tokens.takeName("not");
        String name = dottedName("a test");
        Call call = none();
        if (tokens.atOperator("(")) {
            call = call();
        } else if (startsArgument()) {
            call = new Call(List.of(postfix(primary())), Map.of());
        }
        Expression test = new Expression.Tested(target, name, call);
        return negated ? new Expression.Not(test) : test;
    }

    /** Whether a test's one argument follows without parentheses, as in {@code is divisibleby 3}. */
    private boolean startsArgument() {
        Token token = tokens.peek();
        return (ARGUMENT_STARTS.contains(token.type())
                        && !(token.type() == Type.NAME && NOT_ARGUMENTS.contains(token.text())))
                || tokens.atOperator("[")
                || tokens.atOperator("{");
    }

    private String dottedName(String what) {
        StringBuilder name = new StringBuilder(
                tokens.expect(Type.NAME, "the name of " + what).text());
        while (tokens.takeOperator(".")) {
            name.append('.')
                    .append(tokens.expect(Type.NAME, "the name of " + what).text());
        }
        return name.toString();
    }

    private static Call none() {
        return new Call(List.of(), Map.of());
    }
}
