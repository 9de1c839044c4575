package dev.temper.runtime.text.jinja;

import java.util.List;

/** What {@code set} and {@code for} assign to. */
sealed interface Target {

    void assign(Scope scope, Object value);

    record Variable(String name) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            scope.set(name, value);
        }
    }

    record NamespaceAttribute(String namespace, String attribute) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            if (!(scope.get(namespace) instanceof Globals.Namespace target)) {
                throw JinjaException.evaluation("cannot assign attribute on non-namespace object");
            }
            target.set(attribute, value);
        }
    }

    /** {@code a, b}: the value must have as many items. */
    record Unpacking(List<Target> targets) implements Target {
        @Override
        public void assign(Scope scope, Object value) {
            List<Object> values = Values.iterate(Values.defined(value), scope.budget());
            if (values.size() != targets.size()) {
                throw JinjaException.evaluation(
                        "cannot unpack " + values.size() + " values into " + targets.size() + " names");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).assign(scope, values.get(i));
            }
        }
    }
}
