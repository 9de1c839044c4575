package dev.temper.runtime.serve;

/**
 * How many sequences the device is given at once. A failure halves it, since what failed is most often a device that has
 * no memory left; it grows again by one whenever a full batch's worth of requests has been answered without one.
 */
final class BatchLimit {
    private final int slots;
    private int limit;
    private int answered; // since the limit changed

    BatchLimit(int slots) {
        this.slots = slots;
        this.limit = slots;
    }

    int get() {
        return limit;
    }

    /** @param working sequences that were on the device */
    void failed(int working) {
        limit = Math.max(1, working / 2);
        answered = 0;
    }

    void answered(int requests) {
        answered += requests;
        if (limit < slots && answered >= slots) {
            limit++;
            answered = 0;
        }
    }
}
