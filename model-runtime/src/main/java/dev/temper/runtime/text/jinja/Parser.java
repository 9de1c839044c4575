package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Statement.Block;
import dev.temper.runtime.text.jinja.Token.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the tags of a template. */
final class Parser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    private Parser(List<Token> tokens) {
        this.tokens = new TokenStream(tokens);
        this.expressions = new ExpressionParser(this.tokens);
    }

    /** @throws JinjaException of kind SYNTAX */
    static Block parse(String template) {
        Parser parser = new Parser(Lexer.tokens(template));
        return parser.block(Set.of());
    }

    /** Statements up to one of the tags, whose name is then the next token; up to the end when there are none. */
    private Block block(Set<String> ends) {
        tokens.enter();
        int line = tokens.peek().line();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.type()) {
                case TEXT -> statements.add(new Statement.Text(token.text()));
                case BEGIN_PRINT -> {
                    statements.add(new Statement.Print(expressions.tuple(true)));
                    tokens.expect(Type.END_PRINT, "'}}'");
                }
                case BEGIN_TAG -> {
                    if (tokens.peek().type() == Type.NAME
                            && ends.contains(tokens.peek().text())) {
                        tokens.leave();
                        return new Block(List.copyOf(statements));
                    }
                    statements.add(tag());
                }
                default -> {
                    if (!ends.isEmpty()) {
                        throw JinjaException.syntax(line, "the template ends before " + ends);
                    }
                    tokens.leave();
                    return new Block(List.copyOf(statements));
                }
            }
        }
    }

    private Statement tag() {
        Token name = tokens.expect(Type.NAME, "the name of a tag");
        Statement statement =
                switch (name.text()) {
                    case "if" -> ifTag();
                    case "for" -> forTag();
                    case "set" -> setTag();
                    case "macro" -> macroTag();
                    case "generation" -> enclosed("endgeneration");
                    case "break" -> jump(name, Statement.Flow.BREAK);
                    case "continue" -> jump(name, Statement.Flow.CONTINUE);
                    default ->
                        throw JinjaException.syntax(
                                name.line(), "the tag '" + name.text() + "' is unknown or not supported here");
                };
        endTag();
        return statement;
    }

    private void endTag() {
        tokens.expect(Type.END_TAG, "'%}'");
    }

    /** A body and its end tag's name; the caller takes the end of that tag. */
    private Block enclosed(String end) {
        endTag();
        Block body = block(Set.of(end));
        tokens.next();
        return body;
    }

    private Statement ifTag() {
        List<Statement.Branch> branches = new ArrayList<>();
        Block otherwise = new Block(List.of());
        while (true) {
            Expression condition = expressions.tuple(false);
            endTag();
            branches.add(new Statement.Branch(condition, block(Set.of("elif", "else", "endif"))));
            if (tokens.takeName("else")) {
                otherwise = enclosed("endif");
                break;
            } else if (tokens.takeName("endif")) {
                break;
            }
            tokens.next();
        }
        return new Statement.If(branches, otherwise);
    }

    private Statement forTag() {
        Target target = target(false);
        if (!tokens.takeName("in")) {
            throw tokens.unexpected("'in'");
        }
        Expression items = expressions.tuple(false);
        Expression filter = tokens.takeName("if") ? expressions.expression() : null;
        endTag();
        loops++;
        Block body = block(Set.of("else", "endfor"));
        loops--;
        Block otherwise = tokens.takeName("else") ? enclosed("endfor") : endOfFor();
        return new Statement.For(target, items, filter, body, otherwise);
    }

    private Block endOfFor() {
        tokens.next();
        return new Block(List.of());
    }

    private Statement setTag() {
        Target target = target(true);
        if (tokens.takeOperator("=")) {
            return new Statement.Assign(target, expressions.tuple(true));
        }
        return new Statement.Capture(target, enclosed("endset"));
    }

    private Target target(boolean namespaces) {
        List<Target> targets = new ArrayList<>();
        boolean parenthesis = tokens.takeOperator("(");
        do {
            String name = tokens.expect(Type.NAME, "a name to assign to").text();
            if (namespaces && tokens.takeOperator(".")) {
                String attribute = tokens.expect(Type.NAME, "an attribute").text();
                targets.add(new Target.NamespaceAttribute(name, attribute));
            } else {
                targets.add(new Target.Variable(name));
            }
        } while (tokens.takeOperator(","));
        if (parenthesis) {
            tokens.expectOperator(")");
        }
        return targets.size() == 1 ? targets.get(0) : new Target.Unpacking(targets);
    }

    private Statement macroTag() {
        String name = tokens.expect(Type.NAME, "the macro's name").text();
        List<Statement.Parameter> parameters = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.takeOperator(")")) {
            String parameter = tokens.expect(Type.NAME, "a parameter").text();
            parameters.add(
                    new Statement.Parameter(parameter, tokens.takeOperator("=") ? expressions.expression() : null));
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        int outerLoops = loops;
        loops = 0;
        Block body = enclosed("endmacro");
        loops = outerLoops;
        return new Statement.Macro(name, parameters, body);
    }

    private Statement jump(Token tag, Statement.Flow flow) {
        if (loops == 0) {
            throw JinjaException.syntax(tag.line(), "'" + tag.text() + "' outside of a loop");
        }
        return new Statement.Jump(flow);
    }
}
