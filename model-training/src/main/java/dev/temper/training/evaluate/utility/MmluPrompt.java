package dev.temper.training.evaluate.utility;

import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.likelihood.SpanEncoder.Pair;
import java.util.List;

/** The prompt of the benchmark's authors: a header, solved examples, the question, and "Answer:". */
final class MmluPrompt {
    static final int MOST_CHOICES = 26;

    private MmluPrompt() {}

    /** @param examples solved ones, in their order */
    static ChoiceItem of(Question question, List<Question> examples) {
        String subject = question.subject().orElseThrow();
        StringBuilder context = new StringBuilder("The following are multiple choice questions (with answers) about ")
                .append(subject.replace('_', ' '))
                .append(".\n\n");
        for (Question example : examples) {
            context.append(asked(example))
                    .append(' ')
                    .append(letter(example.answer()))
                    .append("\n\n");
        }
        String whole = context.append(asked(question)).toString();
        List<String> letters = java.util.stream.IntStream.range(
                        0, question.choices().size())
                .mapToObj(MmluPrompt::letter)
                .toList();
        return new ChoiceItem(
                question.id(),
                subject,
                letters.stream().map(letter -> new Pair(whole, " " + letter)).toList(),
                letters.stream().map(ChoiceItem::bytes).toList(),
                question.answer());
    }

    private static String asked(Question question) {
        StringBuilder text = new StringBuilder(question.query());
        for (int i = 0; i < question.choices().size(); i++) {
            text.append('\n')
                    .append(letter(i))
                    .append(". ")
                    .append(question.choices().get(i));
        }
        return text.append("\nAnswer:").toString();
    }

    private static String letter(int index) {
        return String.valueOf((char) ('A' + index));
    }
}
