package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.coordination.PartitionState;
import io.millstream.core.TopicPartition;
import java.util.Optional;

/** What a broker waits for before it serves. Safe for use by several threads. */
final class Readiness {

    private final int broker;
    private final ClusterView view;
    private final Partitions partitions;
    private volatile String phase = "starting";

    Readiness(int broker, ClusterView view, Partitions partitions) {
        this.broker = broker;
        this.view = view;
        this.partitions = partitions;
    }

    /** Says what the start does now; null once the parts have been started. */
    void phase(String doing) {
        phase = doing;
    }

    /** What the broker waits for, in a few words; empty when it serves. */
    Optional<String> waitsFor() {
        return phase != null ? Optional.of(phase) : waitsFor(view.state());
    }

    Optional<String> waitsFor(ClusterState cluster) {
        if (!cluster.lives(broker)) {
            return Optional.of("registering as broker " + broker);
        }
        if (cluster.controllerId() < 0) {
            return Optional.of("a controller to be elected");
        }
        long waiting = cluster.topics().entrySet().stream()
                .flatMap(topic -> topic.getValue().states().entrySet().stream()
                        .filter(state -> isBehind(
                                new TopicPartition(topic.getKey(), state.getKey()),
                                state.getValue().value())))
                .count();
        return waiting == 0 ? Optional.empty() : Optional.of("the lead of " + waiting + " partitions");
    }

    /** Elected, but not leading yet; a partition that is offline because of its disk is not waited for. */
    private boolean isBehind(TopicPartition id, PartitionState state) {
        return state.leader() == broker
                && partitions
                        .find(id)
                        .filter(partition -> partition.role() instanceof Role.Offline offline
                                && offline.why() == io.millstream.wire.ErrorCode.NOT_LEADER_OR_FOLLOWER)
                        .isPresent();
    }
}
