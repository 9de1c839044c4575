package dev.temper.training.regularise;

/** The regulariser's direction; q is the closest distribution, p the model that learns. */
public enum Divergence {
    /** KL(q ‖ p): p covers q. */
    FORWARD,
    /** KL(p ‖ q): p avoids what q avoids. */
    REVERSE
}
