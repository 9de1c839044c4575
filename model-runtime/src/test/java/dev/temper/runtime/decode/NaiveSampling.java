package dev.temper.runtime.decode;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The rules of docs/decoding.md, one after the other over the whole vocabulary, in plain Java and float64. What is ruled
 * out gets -∞.
 */
final class NaiveSampling {
    private static final double OUT = Double.NEGATIVE_INFINITY;

    /** A token that may come next. */
    record Candidate(int id, double logP) {}

    private NaiveSampling() {}

    /** The candidates after this text, falling probability, renormalised. */
    static List<Candidate> candidates(float[] logits, List<Integer> text, Admission admission) {
        DecodingParameters p = admission.decoding();
        List<Integer> generated = text.subList(admission.promptIds().length, text.size());
        double[] z = penalised(logits, text, generated, p);
        double[] unbanned = z.clone();
        banned(text, generated.size(), admission).forEach(i -> z[i] = OUT);
        double[] scores = Arrays.stream(z).allMatch(v -> v == OUT) ? unbanned : z;
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= p.temperature() == 0 ? 1 : p.temperature();
        }
        filter(scores, p);
        int[] kept = falling(scores).filter(i -> scores[i] > OUT).toArray();
        double[] logP =
                logSoftmax(Arrays.stream(kept).mapToDouble(i -> scores[i]).toArray());
        return IntStream.range(0, kept.length)
                .mapToObj(j -> new Candidate(kept[j], logP[j]))
                .toList();
    }

    private static double[] penalised(
            float[] logits, List<Integer> text, List<Integer> generated, DecodingParameters p) {
        double[] z = new double[logits.length];
        for (int i = 0; i < z.length; i++) {
            double repeated = logits[i] > 0 ? logits[i] / p.repetitionPenalty() : logits[i] * p.repetitionPenalty();
            int count = Collections.frequency(generated, i);
            z[i] = (text.contains(i) ? repeated : logits[i])
                    - (count > 0 ? p.presencePenalty() : 0)
                    - count * p.frequencyPenalty();
        }
        return z;
    }

    private static Set<Integer> banned(List<Integer> text, int generated, Admission admission) {
        Set<Integer> banned = new HashSet<>();
        if (generated < admission.decoding().minNewTokens()) {
            banned.addAll(admission.endTokens());
        }
        for (int[] word : admission.badWords()) {
            boolean isEnd = word.length == 1 && admission.endTokens().contains(word[0]);
            if (!isEnd && endsWith(text, Arrays.copyOf(word, word.length - 1))) {
                banned.add(word[word.length - 1]);
            }
        }
        int n = admission.decoding().noRepeatNgramSize();
        for (int from = 0; n > 0 && from + n <= text.size(); from++) {
            List<Integer> ngram = text.subList(from, from + n);
            if (ngram.subList(0, n - 1).equals(text.subList(text.size() - n + 1, text.size()))) {
                banned.add(ngram.get(n - 1));
            }
        }
        return banned;
    }

    private static boolean endsWith(List<Integer> text, int[] end) {
        return end.length <= text.size()
                && IntStream.range(0, end.length).allMatch(i -> text.get(text.size() - end.length + i) == end[i]);
    }

    private static void filter(double[] z, DecodingParameters p) {
        if (p.topK() > 0 && p.topK() < z.length) {
            double kth = z[falling(z).skip(p.topK() - 1).findFirst().orElseThrow()];
            remove(z, i -> z[i] < kth);
        }
        topP(z, p.topP());
        double[] afterTopP = probabilities(z);
        double likeliest = Arrays.stream(afterTopP).max().orElseThrow();
        remove(z, i -> afterTopP[i] < p.minP() * likeliest);
        if (p.temperature() > 0 && p.typicalP() < 1) {
            typical(z, p.typicalP());
        }
        double[] atLast = probabilities(z);
        double top = Arrays.stream(z).max().orElseThrow();
        remove(z, i -> atLast[i] < p.epsilonCutoff() && z[i] < top);
    }

    private static void topP(double[] z, double topP) {
        double[] p = probabilities(z);
        double likelier = 0;
        boolean first = true;
        for (int i : falling(z).toArray()) {
            if (!first && likelier >= topP) {
                z[i] = OUT;
            }
            likelier += p[i];
            first = false;
        }
    }

    private static void typical(double[] z, double mass) {
        double[] p = probabilities(z);
        double entropy =
                Arrays.stream(p).filter(q -> q > 0).map(q -> -q * Math.log(q)).sum();
        double[] distance =
                Arrays.stream(p).map(q -> Math.abs(-Math.log(q) - entropy)).toArray();
        double reached = 0;
        double farthest = 0;
        for (int i : falling(Arrays.stream(distance).map(d -> -d).toArray()).toArray()) {
            if (reached < mass) {
                farthest = distance[i];
            }
            reached += p[i];
        }
        double limit = farthest;
        remove(z, i -> distance[i] > limit);
    }

    private static void remove(double[] z, IntPredicate goes) {
        int[] going = IntStream.range(0, z.length).filter(goes).toArray();
        Arrays.stream(going).forEach(i -> z[i] = OUT);
    }

    private static IntStream falling(double[] z) {
        return IntStream.range(0, z.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -z[i]))
                .mapToInt(i -> i);
    }

    private static double[] probabilities(double[] z) {
        return Arrays.stream(logSoftmax(z)).map(Math::exp).toArray();
    }

    static double[] logSoftmax(double[] x) {
        double max = Arrays.stream(x).max().orElseThrow();
        double logSum =
                max + Math.log(Arrays.stream(x).map(v -> Math.exp(v - max)).sum());
        return Arrays.stream(x).map(v -> v - logSum).toArray();
    }
}
