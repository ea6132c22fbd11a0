package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Versioned;

/**
 * Whether a replica still has what it had when it was last found to be in sync. Pure.
 *
 * <p>A broker whose machine lost power may come back without the end of its logs. It says so when it registers
 * ({@link BrokerRegistration#voidBefore}), and what a partition's state says of it from before is void: it neither leads nor
 * counts as in sync until it has caught up again. A restart of the process alone, or a clean stop, loses nothing.
 */
public final class Trust {

    private Trust() {}

    /**
     * Whether an entry of an ISR, or of the eligible replicas, stands.
     *
     * @param entry the registration under which the replica was in sync
     * @param now the broker as it is registered now
     */
    public static boolean stands(long entry, Versioned<BrokerRegistration> now) {
        return entry == now.createdZxid() || entry >= now.value().voidBefore(now.createdZxid());
    }
}
