package dev.temper.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.verify.Difference;
import dev.temper.runtime.verify.TokenAgreement;
import dev.temper.runtime.verify.VerificationReport;
import java.util.List;
import java.util.Locale;

/** A verification's report for people and for programs. */
final class VerificationText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HASH_DIGITS = 12;

    private VerificationText() {}

    /** The worst comparison of each quantity, the shares of equal tokens, what failed, and the verdict. */
    static String table(VerificationReport report) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s (weights %s…) in %s",
                report.modelId(),
                report.modelHash().substring(0, HASH_DIGITS),
                report.elementType().torchName());
        line(
                text,
                "%-18s %9s %9s %9s %10s %10s  %s",
                "largest difference",
                "absolute",
                "relative",
                "mean",
                "tolerance",
                "of mean",
                "at");
        for (Difference.Quantity quantity : Difference.Quantity.values()) {
            report.worst(quantity)
                    .ifPresent(worst -> line(
                            text,
                            "%-18s %9.2e %9.2e %9.2e %10s %10s  %s",
                            quantity.label(),
                            worst.maxAbsolute(),
                            worst.maxRelative(),
                            worst.meanAbsolute(),
                            tolerance(worst.tolerance()),
                            tolerance(worst.meanTolerance()),
                            worst.name()));
        }
        agreement(text, "greedy tokens", report.greedy(), report.greedyShare());
        agreement(text, "sampled tokens", report.sampled(), report.sampledShare());
        agreement(text, "token ids of texts", report.tokenizer(), report.tokenizerShare());
        report.differences().stream()
                .filter(difference -> !difference.passed())
                .forEach(difference -> line(
                        text,
                        "beyond tolerance: %s, %.2e > %s, mean %.2e > %s",
                        difference.name(),
                        difference.maxAbsolute(),
                        tolerance(difference.tolerance()),
                        difference.meanAbsolute(),
                        tolerance(difference.meanTolerance())));
        List<TokenAgreement> unequal = new java.util.ArrayList<>(report.greedy());
        unequal.addAll(report.sampled());
        unequal.addAll(report.tokenizer());
        unequal.stream()
                .filter(agreement -> !agreement.passed())
                .forEach(agreement ->
                        line(text, "unequal: %s, %d of %d", agreement.name(), agreement.equal(), agreement.tokens()));
        if (!report.notCompared().isEmpty()) {
            line(text, "not compared: %s", String.join(", ", report.notCompared()));
        }
        return text.append(report.passed() ? "PASSED" : "FAILED").toString();
    }

    private static void agreement(StringBuilder text, String what, List<TokenAgreement> agreements, double share) {
        if (!agreements.isEmpty()) {
            int tokens = agreements.stream().mapToInt(TokenAgreement::tokens).sum();
            int equal = agreements.stream().mapToInt(TokenAgreement::equal).sum();
            line(text, "%-18s %d of %d equal (%.2f %%)", what, equal, tokens, 100 * share);
        }
    }

    private static String tolerance(double tolerance) {
        return Double.isInfinite(tolerance) ? "-" : String.format(Locale.ROOT, "%.1e", tolerance);
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }

    /** Everything, as one document; a tolerance that there is not is null. */
    static String json(VerificationReport report) throws JsonProcessingException {
        ObjectNode document = JSON.createObjectNode();
        document.put("passed", report.passed());
        document.put("model", report.modelId());
        document.put("model_hash", report.modelHash());
        document.put("dtype", report.elementType().torchName());
        document.put("greedy_share", report.greedyShare());
        document.put("sampled_share", report.sampledShare());
        document.put("tokenizer_share", report.tokenizerShare());
        ObjectNode worst = document.putObject("worst");
        for (Difference.Quantity quantity : Difference.Quantity.values()) {
            report.worst(quantity).ifPresent(difference -> worst.set(name(quantity), node(difference)));
        }
        ArrayNode differences = document.putArray("differences");
        report.differences().forEach(difference -> differences.add(node(difference)));
        ArrayNode greedy = document.putArray("greedy");
        report.greedy().forEach(agreement -> greedy.add(node(agreement)));
        ArrayNode tokenizer = document.putArray("tokenizer");
        report.tokenizer().forEach(agreement -> tokenizer.add(node(agreement)));
        ArrayNode sampled = document.putArray("sampled");
        report.sampled().forEach(agreement -> sampled.add(node(agreement)));
        ArrayNode notCompared = document.putArray("not_compared");
        report.notCompared().forEach(notCompared::add);
        return JSON.writeValueAsString(document);
    }

    private static String name(Difference.Quantity quantity) {
        return quantity.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode node(Difference difference) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", difference.name());
        node.put("quantity", name(difference.quantity()));
        node.put("values", difference.values());
        putFinite(node, "max_absolute", difference.maxAbsolute());
        putFinite(node, "max_relative", difference.maxRelative());
        putFinite(node, "mean_absolute", difference.meanAbsolute());
        putFinite(node, "tolerance", difference.tolerance());
        putFinite(node, "mean_tolerance", difference.meanTolerance());
        node.put("passed", difference.passed());
        return node;
    }

    /** JSON has no infinity. */
    private static void putFinite(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    private static ObjectNode node(TokenAgreement agreement) {
        return JSON.createObjectNode()
                .put("name", agreement.name())
                .put("tokens", agreement.tokens())
                .put("equal", agreement.equal())
                .put("passed", agreement.passed());
    }
}
