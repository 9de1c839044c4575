package dev.temper.tests.monitoring;

import java.util.Map;

/**
 * A PromQL expression, and who asks it.
 *
 * @param where file and panel, variable or alert, for people
 * @param expression may hold Grafana's variables
 * @param hasAnswer whether a healthy sidecar that has worked must give a result; an alert's condition does not hold there
 */
record Query(String where, String expression, boolean hasAnswer) {

    /** With Grafana's variables in place, as Grafana does it. */
    Query with(Map<String, String> variables) {
        String filled = expression;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            filled = filled.replace("$" + variable.getKey(), variable.getValue());
        }
        return new Query(where, filled, hasAnswer);
    }
}
