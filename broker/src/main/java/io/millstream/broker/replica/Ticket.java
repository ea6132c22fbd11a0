package io.millstream.broker.replica;

/** A place among those who wait for a partition. */
@FunctionalInterface
public interface Ticket {

    /** Leaves. The callback is not called afterwards unless it is being called already. From any thread, any number of times. */
    void cancel();
}
