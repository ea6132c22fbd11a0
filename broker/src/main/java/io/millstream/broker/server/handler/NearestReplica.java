package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.replica.Partition;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Versioned;
import io.millstream.wire.message.Fetch;
import java.util.Comparator;
import java.util.Map;

/** Which replica a consumer had better read from than from the leader (KIP-392). */
@FunctionalInterface
public interface NearestReplica {

    /** The leader serves everybody. */
    NearestReplica LEADER = (partition, rack, offset) -> Fetch.NO_REPLICA;

    /**
     * Asked at every fetch of a consumer.
     *
     * @param rack of the consumer; empty if it does not say
     * @param offset that it wants next
     * @return broker id, or {@link Fetch#NO_REPLICA} to read from this broker
     */
    int preferred(Partition partition, String rack, long offset);

    /**
     * The replica in the consumer's rack that has most of all that are in sync and have the offset; the leader if it is in
     * that rack itself, or no other is.
     */
    static NearestReplica inTheSameRack(int leader, ClusterView view) {
        return (partition, rack, offset) -> {
            if (rack.isEmpty()) {
                return Fetch.NO_REPLICA;
            }
            ClusterState cluster = view.state();
            if (stands(cluster, leader, rack)) {
                return Fetch.NO_REPLICA;
            }
            return partition.inSyncEnds().entrySet().stream()
                    .filter(replica -> replica.getValue() >= offset && stands(cluster, replica.getKey(), rack))
                    .max(Map.Entry.<Integer, Long>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                    .map(Map.Entry::getKey)
                    .orElse(Fetch.NO_REPLICA);
        };
    }

    private static boolean stands(ClusterState cluster, int broker, String rack) {
        Versioned<BrokerRegistration> registered = cluster.brokers().get(broker);
        return registered != null && rack.equals(registered.value().rack());
    }
}
