package io.millstream.broker.controller;

import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import java.util.Optional;

/** What a broker that is about to stop still has to hand over. Pure. */
public final class Handover {

    private Handover() {}

    /** Whether the cluster knows that {@code broker} is about to stop. */
    public static boolean isKnown(ClusterState cluster, int broker) {
        Versioned<BrokerRegistration> registered = cluster.brokers().get(broker);
        return registered != null && registered.value().draining();
    }

    /** Whether there is a broker to hand anything over to. */
    public static boolean hasHeirs(ClusterState cluster, int broker) {
        return cluster.brokers().keySet().stream().anyMatch(other -> other != broker && cluster.stays(other));
    }

    /** Whether the controller has nothing left to do with any partition that {@code broker} leads or is in sync with. */
    public static boolean isDone(ClusterState cluster, ElectionRules.Source rules, int broker) {
        return Elections.moves(
                        cluster,
                        rules,
                        ballot -> concerns(ballot.state(), broker) ? Election.next(ballot) : Optional.empty())
                .isEmpty();
    }

    private static boolean concerns(PartitionState state, int broker) {
        return state.leader() == broker || state.isr().contains(broker);
    }
}
