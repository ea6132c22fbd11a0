package io.millstream.broker.server.handler;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.server.RequestContext;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The cluster as Metadata shows it to one client: brokers by their endpoints of the listener that it came in by, topics
 * with their leaders.
 */
final class ClusterDescription {

    /** First version whose clients know the error of a leader without the client's listener (KIP-302). */
    private static final int LISTENER_ERROR_SINCE = 6;

    private final ServedCluster served;
    private final Partitions partitions;
    private final ClusterState cluster;
    private final SortedMap<Integer, BrokerEndpoint> reachable;
    private final ErrorCode unreachableLeader;

    /** @param partitions of this broker, which know whether their disk has failed */
    ClusterDescription(ServedCluster served, Partitions partitions, RequestContext context, ClusterState cluster) {
        this.served = served;
        this.partitions = partitions;
        this.cluster = cluster;
        reachable = served.reachable(context, cluster);
        unreachableLeader = context.version() >= LISTENER_ERROR_SINCE
                ? ErrorCode.LISTENER_NOT_FOUND
                : ErrorCode.LEADER_NOT_AVAILABLE;
    }

    List<Metadata.Broker> brokers() {
        List<Metadata.Broker> brokers = new ArrayList<>();
        reachable.forEach((id, endpoint) -> brokers.add(new Metadata.Broker(
                id,
                endpoint.host(),
                endpoint.port(),
                cluster.brokers().get(id).value().rack())));
        return brokers;
    }

    List<Metadata.Topic> allTopics() {
        List<Metadata.Topic> all = new ArrayList<>();
        cluster.topics().forEach((name, topic) -> all.add(topic(name, topic)));
        return all;
    }

    Metadata.Topic topic(TopicName name, ClusterState.Topic topic) {
        List<Metadata.Partition> described = new ArrayList<>();
        topic.states().forEach((number, state) -> {
            TopicPartition id = new TopicPartition(name, number);
            described.add(partition(id, topic.replicas(number), state.value()));
        });
        return new Metadata.Topic(ErrorCode.NONE, name.value(), topic.id(), false, described, Metadata.NO_OPERATIONS);
    }

    private Metadata.Partition partition(TopicPartition id, List<Integer> replicas, PartitionState state) {
        ErrorCode error = leaderError(id, state);
        List<Integer> offline = replicas.stream()
                .filter(replica -> !reachable.containsKey(replica) || hasFailed(replica, id))
                .toList();
        return new Metadata.Partition(
                error,
                id.partition(),
                error == ErrorCode.NONE ? state.leader() : Metadata.NO_BROKER,
                state.leaderEpoch(),
                replicas,
                state.isr(),
                offline);
    }

    /** Whether a broker cannot serve a partition because of its disk. Of itself it knows at once. */
    private boolean hasFailed(int replica, TopicPartition id) {
        Versioned<BrokerRegistration> registered = cluster.brokers().get(replica);
        return (replica == served.brokerId() && partitions.isOffline(id))
                || (registered != null && registered.value().isOffline(id));
    }

    /**
     * A leader that is gone, or registered anew and has not been given its next term, is none; nor is one whose disk has
     * failed. Where nobody leads because a disk has, that is said.
     */
    private ErrorCode leaderError(TopicPartition id, PartitionState state) {
        boolean led = cluster.registration(state.leader())
                .filter(registration -> registration == state.leaderRegistration())
                .isPresent();
        if (!led) {
            boolean byDisk = state.isr().stream().anyMatch(member -> hasFailed(member, id));
            return byDisk ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.LEADER_NOT_AVAILABLE;
        }
        if (hasFailed(state.leader(), id)) {
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        return reachable.containsKey(state.leader()) ? ErrorCode.NONE : unreachableLeader;
    }
}
