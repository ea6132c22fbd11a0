package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;

/**
 * Whether a replica still has what it had when it was last found to be in sync. Pure.
 *
 * <p>A broker whose machine lost power may come back without the end of its logs. It says so when it registers
 * ({@link BrokerRegistration#voidBefore}), and what a partition's state says of it from before is void: it neither leads nor
 * counts as in sync until it has caught up again. So it is with one replica that was begun anew because its log was
 * damaged. A restart of the process alone, or a clean stop, loses nothing.
 */
public final class Trust {

    private Trust() {}

    /**
     * Whether an entry of an ISR, or of the eligible replicas, stands.
     *
     * @param entry the incarnation in which the replica was in sync
     * @param now the broker as it is registered now
     */
    public static boolean stands(TopicPartition partition, long entry, Versioned<BrokerRegistration> now) {
        long registration = now.createdZxid();
        return entry == now.value().incarnation(partition, registration)
                || entry >= now.value().voidBefore(partition, registration);
    }

    /**
     * Whether the leader that a state names was elected for what its replica is now: not by somebody who had yet to hear that
     * it was begun anew.
     *
     * @param renewed the incarnation with which that was done last; 0 if it never was
     */
    public static boolean mayLead(PartitionState state, long renewed) {
        return renewed <= state.leaderRegistration() || renewed <= state.isrRegistration(state.leader());
    }
}
