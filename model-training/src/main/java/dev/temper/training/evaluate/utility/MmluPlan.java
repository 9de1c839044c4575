package dev.temper.training.evaluate.utility;

import dev.temper.runtime.TemperException;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.UtilityFile;
import dev.temper.training.data.UtilityRow.Question;
import dev.temper.training.evaluate.Instruments;
import dev.temper.training.evaluate.Suite;
import dev.temper.training.evaluate.SuitePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Questions of many subjects, each after solved examples of its own subject; the likeliest letter is the answer (MMLU,
 * Hendrycks et al. 2021). Where the model has no room for all examples, the first ones are left out, and counted.
 *
 * @param data file of questions with a subject each; those of the part {@code dev} are the examples
 * @param shots most examples before a question; 0 for none
 * @param limit most questions, drawn by the plan's seed; 0 = all
 * @param bySubject whether every subject gets numbers of its own
 */
public record MmluPlan(Path data, int shots, int limit, boolean bySubject) implements SuitePlan {
    private static final String EXAMPLES = "dev";

    /** What a plan may leave out. */
    public static final Map<String, Object> DEFAULTS = Map.of("shots", 5, "limit", 0, "by_subject", false);

    public MmluPlan {
        if (data == null) {
            throw new IllegalArgumentException("data must name a file of questions");
        }
        if (shots < 0 || shots > 100) {
            throw new IllegalArgumentException("shots must be in [0, 100], not " + shots);
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 (all) or more, not " + limit);
        }
    }

    @Override
    public Suite<?> open(String name, Instruments instruments) {
        Map<String, List<Question>> examples = new LinkedHashMap<>();
        List<Question> asked = new ArrayList<>();
        DataFile file = UtilityFile.read(data, row -> {
            if (!(row instanceof Question question) || question.subject().isEmpty()) {
                throw new TemperException(data + ": row " + row.id() + " is no question with a \"subject\"");
            }
            if (question.choices().size() > MmluPrompt.MOST_CHOICES) {
                throw new TemperException(data + ": row " + row.id() + " has more than " + MmluPrompt.MOST_CHOICES
                        + " choices, so it runs out of letters");
            }
            if (question.part().equals(Optional.of(EXAMPLES))) {
                examples.computeIfAbsent(question.subject().get(), s -> new ArrayList<>())
                        .add(question);
            } else {
                asked.add(question);
            }
        });
        if (asked.isEmpty() || (shots > 0 && examples.isEmpty())) {
            throw new TemperException("suites." + name + ": " + data + " has " + asked.size() + " questions to ask and "
                    + examples.size() + " subjects with examples (split \"" + EXAMPLES + "\"); it needs both");
        }
        List<Question> drawn = limit == 0 ? asked : RowDraw.of(asked, limit, instruments.seed(), Question::id);
        return new MmluSuite(this, file, examples, drawn);
    }
}
