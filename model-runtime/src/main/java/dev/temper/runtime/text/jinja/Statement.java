package dev.temper.runtime.text.jinja;

import dev.temper.runtime.text.jinja.Values.Callable;
import dev.temper.runtime.text.jinja.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node that writes or sets something. Immutable. */
sealed interface Statement {

    /** How a statement ended: loops look at it. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    Flow run(Scope scope, StringBuilder out);

    record Text(String text) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            return write(text, scope, out);
        }
    }

    record Print(Expression value) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            return write(Printer.str(value.evaluate(scope), scope.budget()), scope, out);
        }
    }

    record Block(List<Statement> statements) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            scope.budget().enter();
            Flow flow = Flow.NEXT;
            for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
                scope.budget().spend(1);
                flow = statements.get(i).run(scope, out);
            }
            scope.budget().leave();
            return flow;
        }
    }

    record Branch(Expression condition, Block body) {}

    /** {@code if}, {@code elif}, {@code else}; it has no scope of its own. */
    record If(List<Branch> branches, Block otherwise) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            for (Branch branch : branches) {
                if (Values.isTrue(branch.condition().evaluate(scope))) {
                    return branch.body().run(scope, out);
                }
            }
            return otherwise.run(scope, out);
        }
    }

    /** {@code for targets in items if filter … else …}; each turn has a scope of its own. */
    record For(Target target, Expression items, @Nullable Expression filter, Block body, Block otherwise)
            implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            List<Object> values = Values.iterate(items.evaluate(scope), scope.budget());
            if (filter != null) {
                List<Object> kept = new ArrayList<>();
                for (Object value : values) {
                    Scope turn = scope.inner();
                    target.assign(turn, value);
                    if (Values.isTrue(filter.evaluate(turn))) {
                        kept.add(value);
                    }
                }
                values = kept;
            }
            if (values.isEmpty()) {
                return otherwise.run(scope, out);
            }
            LoopState state = new LoopState(values);
            for (int i = 0; i < values.size(); i++) {
                scope.budget().spend(10);
                Scope turn = scope.inner();
                target.assign(turn, values.get(i));
                state.moveTo(i);
                turn.set("loop", state);
                if (body.run(turn, out) == Flow.BREAK) {
                    break;
                }
            }
            return Flow.NEXT;
        }
    }

    record Jump(Flow flow) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            return flow;
        }
    }

    record Assign(Target target, Expression value) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            target.assign(scope, value.evaluate(scope));
            return Flow.NEXT;
        }
    }

    /** {@code {% set name %}…{% endset %}}. */
    record Capture(Target target, Block body) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            StringBuilder captured = new StringBuilder();
            body.run(scope.inner(), captured);
            target.assign(scope, captured.toString());
            return Flow.NEXT;
        }
    }

    record Parameter(String name, @Nullable Expression otherwise) {}

    record Macro(String name, List<Parameter> parameters, Block body) implements Statement {
        @Override
        public Flow run(Scope scope, StringBuilder out) {
            scope.set(name, (Callable) (caller, arguments) -> call(scope, arguments));
            return Flow.NEXT;
        }

        private Object call(Scope definition, Arguments arguments) {
            String[] names = parameters.stream().map(Parameter::name).toArray(String[]::new);
            arguments.atMost(name, names.length, names);
            Scope inner = definition.inner();
            for (int i = 0; i < names.length; i++) {
                Expression otherwise = parameters.get(i).otherwise();
                Object missing = otherwise == null
                        ? new Undefined("parameter '" + names[i] + "' was not provided")
                        : otherwise.evaluate(inner);
                inner.set(names[i], arguments.get(i, names[i], missing));
            }
            StringBuilder text = new StringBuilder();
            body.run(inner, text);
            return text.toString();
        }
    }

    private static Flow write(String text, Scope scope, StringBuilder out) {
        scope.budget().spend(text.length());
        scope.budget().checkOutput(out.length() + text.length());
        out.append(text);
        return Flow.NEXT;
    }
}
