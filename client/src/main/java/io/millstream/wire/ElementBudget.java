package io.millstream.wire;

/**
 * What one message may still allocate. A count that fits the bytes left can still ask for hundreds of times their size
 * in objects (CVE-2026-111108), so every element of every array is paid for from one allowance.
 */
final class ElementBudget {

    private int left;

    ElementBudget(int elements) {
        left = elements;
    }

    /** Pays for elements; false if there is not enough left. */
    boolean spend(int elements) {
        if (elements > left) {
            return false;
        }
        left -= elements;
        return true;
    }
}
