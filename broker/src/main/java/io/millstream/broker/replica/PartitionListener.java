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

    /**
     * The partition's log may be damaged: what is stored from an offset on could not be read, or not be used by who read it.
     * May come again and again.
     *
     * @param bytes of what is in doubt, about
     */
    default void suspected(Partition partition, long offset, int bytes) {}
}
