package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.core.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Says whether one who claims to be a replica can be one. */
public interface Replicas {

    /** The broker as it is registered now; empty if it is not. */
    Optional<ReplicaId> registered(int broker);

    /** Whether the broker has a replica of the partition. */
    boolean hasReplica(int broker, TopicPartition partition);

    /**
     * The broker's replica of a partition as it is now, which is the only one whose fetches say what it has; empty if the
     * broker is not registered.
     */
    default Optional<ReplicaId> current(int broker, TopicPartition partition) {
        return registered(broker);
    }

    /** By what stands in ZooKeeper. */
    static Replicas of(Supplier<ClusterState> cluster) {
        return new Replicas() {
            @Override
            public Optional<ReplicaId> registered(int broker) {
                return cluster.get().registration(broker).map(registration -> new ReplicaId(broker, registration));
            }

            @Override
            public Optional<ReplicaId> current(int broker, TopicPartition partition) {
                return Optional.ofNullable(cluster.get().brokers().get(broker))
                        .map(its -> new ReplicaId(broker, its.value().incarnation(partition, its.createdZxid())));
            }

            @Override
            public boolean hasReplica(int broker, TopicPartition partition) {
                ClusterState.Topic topic = cluster.get().topics().get(partition.topic());
                List<Integer> replicas = topic == null ? null : topic.replicas(partition.partition());
                return replicas != null && replicas.contains(broker);
            }
        };
    }
}
