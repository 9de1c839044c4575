package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Token.Type;
import java.util.List;

/** Reads tokens one by one, with the checks that both parsers need. */
final class TokenStream {

    /** Brackets and tags inside each other; bounds the parser's own recursion. */
    private static final int MAX_NESTING = 100;

    private final List<Token> tokens;
    private int position;
    private int nesting;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token peekSecond() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(position);
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    boolean atOperator(String operator) {
        return peek().is(Type.OPERATOR, operator);
    }

    boolean atName(String name) {
        return peek().is(Type.NAME, name);
    }

    boolean takeOperator(String operator) {
        return take(atOperator(operator));
    }

    boolean takeName(String name) {
        return take(atName(name));
    }

    private boolean take(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    Token expect(Type type, String wanted) {
        if (peek().type() != type) {
            throw unexpected(wanted);
        }
        return next();
    }

    JinjaException unexpected(String wanted) {
        return JinjaException.syntax(peek().line(), "expected " + wanted + " instead of " + peek().shown());
    }

    void enter() {
        if (++nesting > MAX_NESTING) {
            throw JinjaException.syntax(peek().line(), "more than " + MAX_NESTING + " levels inside each other");
        }
    }

    void leave() {
        nesting--;
    }
}
