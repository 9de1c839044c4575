package dev.temper.training.baseline;

import java.nio.file.Path;
import java.util.Optional;

/** Which published method chooses the tokens, and what it needs beside the language model. */
public sealed interface Baseline {

    /** The name in plans and reports. */
    String method();

    /** The language model alone. */
    record Plain() implements Baseline {
        @Override
        public String method() {
            return "plain";
        }
    }

    /**
     * NADO decoding (Meng et al., NeurIPS 2022): q ∝ p · R.
     *
     * @param auxiliary folder of R, as {@code temper fine-tune} leaves it: {@code iteration-001/auxiliary}
     * @param delta the level δ that the expectation of C shall reach, in (0, 1]
     */
    record Nado(Path auxiliary, double delta) implements Baseline {
        public Nado {
            require(delta > 0 && delta <= 1, "delta must be in (0, 1], not " + delta);
        }

        @Override
        public String method() {
            return "nado";
        }
    }

    /**
     * Reward-augmented decoding (Deng &amp; Raffel, EMNLP 2023): softmax(z + β·ρ) over the k likeliest tokens.
     *
     * @param reward folder of a classifier on a decoder with the language model's vocabulary: ρ = 1 - its score
     * @param beta β, at least 0; 0 = top-k sampling; the authors use 10 to 500
     * @param topK candidates of each token, at least 1; the authors use 20
     * @param category the classifier's category that is the score; if absent the largest of all
     */
    record Rad(Path reward, double beta, int topK, Optional<String> category) implements Baseline {
        public static final int DEFAULT_TOP_K = 20;

        public Rad {
            require(beta >= 0 && Double.isFinite(beta), "beta must be finite and at least 0, not " + beta);
            require(topK >= 1, "top_k must be at least 1, not " + topK);
        }

        @Override
        public String method() {
            return "rad";
        }
    }

    /**
     * DExperts (Liu et al., ACL 2021): softmax(top_p(z) + α·(z⁺ - z⁻)).
     *
     * @param expert folder of a model with the language model's vocabulary, tuned on text that satisfies the policy
     * @param antiExpert the same, tuned on text that does not
     * @param alpha α, at least 0; 0 = plain sampling; the authors use 2
     */
    record DExperts(Path expert, Path antiExpert, double alpha) implements Baseline {
        public static final double DEFAULT_ALPHA = 2;

        public DExperts {
            require(alpha >= 0 && Double.isFinite(alpha), "alpha must be finite and at least 0, not " + alpha);
        }

        @Override
        public String method() {
            return "dexperts";
        }
    }

    /**
     * Word filtering: what the tokenizer makes of any word of a list gets probability 0.
     *
     * @param words the list, see {@link dev.temper.training.data.WordFile}
     */
    record WordFilter(Path words) implements Baseline {
        @Override
        public String method() {
            return "word_filter";
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
