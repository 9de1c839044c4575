package dev.temper.runtime.sasa;

import java.util.Arrays;
import java.util.Objects;

/**
 * The numbers of {@link SubspaceStatistics}, off the device: all that a boundary is fitted from.
 *
 * @param nonToxic the rows on the non-toxic side
 * @param toxic the rows on the toxic side, of the same hidden size
 */
public record SubspaceSums(Side nonToxic, Side toxic) {

    public SubspaceSums {
        if (nonToxic.hidden() != toxic.hidden()) {
            throw new IllegalArgumentException(
                    "the two sides have " + nonToxic.hidden() + " and " + toxic.hidden() + " dimensions");
        }
    }

    public int hidden() {
        return nonToxic.hidden();
    }

    Side side(int c) {
        return c == 0 ? nonToxic : toxic;
    }

    /**
     * One class's rows h [hidden].
     *
     * @param count n, at least 0
     * @param sum Σ h [hidden]
     * @param gram Σ h·hᵀ, symmetric: its upper triangle row by row [hidden·(hidden+1)/2]
     */
    public record Side(long count, double[] sum, double[] gram) {
        public Side {
            if (count < 0 || sum.length == 0 || gram.length != packed(sum.length)) {
                throw new IllegalArgumentException("a class of " + count + " rows has " + sum.length + " sums and "
                        + gram.length + " products; it needs " + packed(sum.length));
            }
            if (!Arrays.stream(sum).allMatch(Double::isFinite)
                    || !Arrays.stream(gram).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("a class has sums that are not finite");
            }
        }

        public int hidden() {
            return sum.length;
        }

        /** Numbers in the upper triangle of a square of this many rows. */
        public static int packed(int hidden) {
            return Math.toIntExact((long) hidden * (hidden + 1) / 2);
        }

        static Side of(long count, double[] sum, double[] square) {
            int hidden = sum.length;
            double[] gram = new double[packed(hidden)];
            for (int row = 0, at = 0; row < hidden; at += hidden - row, row++) {
                System.arraycopy(square, row * hidden + row, gram, at, hidden - row);
            }
            return new Side(count, sum, gram);
        }

        /** Σ h·hᵀ in full [hidden, hidden]. */
        double[] square() {
            int hidden = hidden();
            double[] square = new double[hidden * hidden];
            for (int row = 0, at = 0; row < hidden; row++) {
                for (int column = row; column < hidden; column++, at++) {
                    square[row * hidden + column] = gram[at];
                    square[column * hidden + row] = gram[at];
                }
            }
            return square;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Side side
                    && count == side.count
                    && Arrays.equals(sum, side.sum)
                    && Arrays.equals(gram, side.gram);
        }

        @Override
        public int hashCode() {
            return Objects.hash(count, Arrays.hashCode(sum), Arrays.hashCode(gram));
        }

        @Override
        public String toString() {
            return "Side[" + count + " rows, " + sum.length + " dimensions]";
        }
    }
}
