package io.millstream.schemas;

import java.util.concurrent.atomic.AtomicInteger;

/** A class that schemas name in vain. */
public final class G2Trap {

    /** Counts how often it snapped: apart, since to look at the trap itself would spring it. */
    static final class Bell {
        static final AtomicInteger RUNG = new AtomicInteger();

        private Bell() {}
    }

    static {
        Bell.RUNG.incrementAndGet();
    }

    public G2Trap(String value) {
        throw new AssertionError("made of '" + value + "'");
    }
}
