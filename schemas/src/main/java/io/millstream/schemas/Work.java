package io.millstream.schemas;

/**
 * Steps that may still be taken: what keeps a check of schemas by people who mean no good from going on for ever, on any
 * machine alike. Not safe for use by several threads.
 */
final class Work {

    private final long allowed;
    private long left;

    Work(long allowed) {
        this.allowed = allowed;
        left = allowed;
    }

    /** Takes {@code steps}; false if that was too many. */
    boolean spend(long steps) {
        left -= steps;
        return left >= 0;
    }

    boolean isSpent() {
        return left < 0;
    }

    /** What there was at first. */
    long allowed() {
        return allowed;
    }

    long spent() {
        return allowed - left;
    }
}
