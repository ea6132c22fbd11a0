package io.millstream.broker.group;

import io.millstream.core.Loop;

/** A group and the one timer that it has. */
final class Seat {

    private final Group group;
    private Loop.Timer timer = () -> {};
    private long armedFor = Member.NEVER;

    Seat(Group group) {
        this.group = group;
    }

    Group group() {
        return group;
    }

    /** Whether the timer is due after {@code next}, or there is none. */
    boolean isLaterThan(long next) {
        return armedFor > next;
    }

    void arm(Loop.Timer next, long due) {
        timer.cancel();
        timer = next;
        armedFor = due;
    }

    void disarm() {
        timer.cancel();
        armedFor = Member.NEVER;
    }
}
