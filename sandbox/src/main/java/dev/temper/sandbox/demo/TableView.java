package dev.temper.sandbox.demo;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/**
 * A table for people, a line for each outcome as it arrives. With colours where the terminal has them, and readable
 * without.
 */
final class TableView implements OutcomeView {
    private static final int NARROWEST = 72;
    private static final int FIXED = 5 + 2 + 2 + 2 + 5 + 2 + 8;
    private static final double PROMPT_SHARE = 0.42;

    private final PrintWriter out;
    private final boolean colours;
    private final boolean showWithheld;
    private final int promptWidth;
    private final int answerWidth;
    private int rows;

    /**
     * A table.
     *
     * @param columns the terminal's width
     * @param showWithheld whether a blocked answer is shown in place of the refusal
     */
    TableView(PrintWriter out, boolean colours, int columns, boolean showWithheld) {
        this.out = out;
        this.colours = colours;
        this.showWithheld = showWithheld;
        int texts = Math.max(NARROWEST, columns) - FIXED;
        this.promptWidth = (int) (texts * PROMPT_SHARE);
        this.answerWidth = texts - promptWidth;
    }

    @Override
    public void outcome(Outcome outcome) {
        if (rows == 0) {
            line(style("1", row("#", "prompt", "answer", "score", "")));
        }
        rows++;
        String number = Integer.toString(rows);
        String prompt = outcome.asked().text();
        if (outcome instanceof Outcome.Answered answer) {
            String score = answer.worst()
                    .map(Map.Entry::getValue)
                    .map(value -> String.format(Locale.ROOT, "%.2f", value))
                    .orElse("-");
            line(style(colour(answer), row(number, prompt, text(answer), score, flag(answer))));
        } else if (outcome instanceof Outcome.Rejected reject) {
            String why = reject.reason() + ": " + reject.detail();
            line(style("33", row(number, prompt, why, "-", "REJECTED")));
        }
    }

    @Override
    public void summary(Tally tally) {
        line(tally.line());
    }

    private String text(Outcome.Answered answer) {
        return showWithheld ? answer.withheld().orElse(answer.text()) : answer.text();
    }

    private static String flag(Outcome.Answered answer) {
        if (!answer.flagged()) {
            return "";
        }
        return answer.refused() ? "BLOCKED" : "FLAGGED";
    }

    private static String colour(Outcome.Answered answer) {
        return answer.flagged() ? "31" : "0";
    }

    private String row(String number, String prompt, String answer, String score, String flag) {
        String cells = " ".repeat(Math.max(0, 5 - number.length())) + number + "  "
                + PrintableText.cell(prompt, promptWidth) + "  " + PrintableText.cell(answer, answerWidth) + "  "
                + PrintableText.cell(score, 5) + "  " + flag;
        return cells.stripTrailing();
    }

    private String style(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }
}
