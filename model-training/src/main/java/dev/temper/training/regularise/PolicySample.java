package dev.temper.training.regularise;

import dev.temper.training.decoder.TokenSequence;
import dev.temper.training.nado.LabelledSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An answer that the policy gave, and how much better than usual it was.
 *
 * @param sequence prompt and answer; only the answer is predicted
 * @param advantage reward minus a baseline that does not depend on the answer
 */
record PolicySample(TokenSequence sequence, double advantage) {

    /**
     * Rewards become advantages: the baseline of an answer is the mean reward of the other answers to its prompt
     * (leave-one-out, Kool et al., 2019; Ahmadian et al., 2024), so it costs no bias. An answer that is alone has no
     * advantage.
     *
     * @param labelled samples whose labels are the rewards; predicted from the prompt's last token on
     */
    static List<PolicySample> of(List<LabelledSequence> labelled) {
        Map<List<Integer>, List<LabelledSequence>> byPrompt = labelled.stream()
                .collect(Collectors.groupingBy(PolicySample::prompt, HashMap::new, Collectors.toList()));
        List<PolicySample> samples = new ArrayList<>();
        for (LabelledSequence sample : labelled) {
            List<LabelledSequence> siblings = byPrompt.getOrDefault(prompt(sample), List.of());
            double sum =
                    siblings.stream().mapToDouble(LabelledSequence::satisfied).sum();
            double reward = sample.satisfied();
            double others = siblings.size() > 1 ? (sum - reward) / (siblings.size() - 1) : reward;
            TokenSequence whole = sample.sequence();
            samples.add(new PolicySample(new TokenSequence(whole.ids(), whole.start() + 1), reward - others));
        }
        return samples;
    }

    private static List<Integer> prompt(LabelledSequence sample) {
        int length = sample.sequence().start() + 1;
        return IntStream.of(Arrays.copyOf(sample.sequence().ids(), length))
                .boxed()
                .toList();
    }
}
