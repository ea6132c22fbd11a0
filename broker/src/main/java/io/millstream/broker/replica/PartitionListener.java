package io.millstream.broker.replica;

/** Told of what happens to this broker's partitions, on the thread that did it, under no lock; must be quick. */
public interface PartitionListener {

    /**
     * The role has changed: another leader, another term, or this broker does not take part any more ({@link Role.Offline}).
     * Ask {@link Partition#role}, which may have changed again. Not called when only the ISR has changed.
     */
    default void roleChanged(Partition partition) {}

    /**
     * The ISR should be looked at: a replica outside it has all that is committed, as far as this leader knows, or it is
     * large enough but others may lead. May come again and again.
     */
    default void isrDue(Partition partition) {}
}
