package io.millstream.broker.replica;

/** Told of what happens to this broker's partitions, on the thread that did it, under no lock; must be quick. */
public interface PartitionListener {

    /**
     * The role has changed: another leader, another term, or this broker does not take part any more ({@link Role.Offline}).
     * Ask {@link Partition#role}, which may have changed again. Not called when only the ISR has changed.
     */
    default void roleChanged(Partition partition) {}

    /** A replica that is not in the ISR has all that is committed, as far as this leader knows. May come again and again. */
    default void caughtUp(Partition partition) {}
}
