package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.ListOffsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where one partition begins and ends, asked of one broker once: to say how much is lost. */
final class PartitionOffsets {

    /**
     * @param start first offset, inclusive
     * @param end offset after the last, exclusive
     */
    record Bounds(long start, long end) {}

    private final Cluster cluster;
    private final TopicPartition partition;

    PartitionOffsets(Cluster cluster, TopicPartition partition) {
        this.cluster = cluster;
        this.partition = partition;
    }

    /** Asks this leader; fails with what passes if it is not the leader any more. */
    CompletableFuture<Bounds> bounds(ClusterView.Leader leader) {
        return cluster.connection(leader.broker().id())
                .thenCompose(connection -> offset(connection, leader, ListOffsets.EARLIEST)
                        .thenCompose(start -> offset(connection, leader, ListOffsets.LATEST)
                                .thenApply(end -> new Bounds(start, end))));
    }

    private CompletableFuture<Long> offset(Connection connection, ClusterView.Leader leader, long which) {
        ListOffsets.Query query = new ListOffsets.Query(partition.partition(), leader.epoch(), which);
        ListOffsets.Request request = new ListOffsets.Request(
                ListOffsets.CONSUMER,
                (byte) 0,
                List.of(new ByTopic<>(partition.topic().value(), List.of(query))));
        return connection.send(request, ListOffsets.Response.class).thenApply(this::found);
    }

    private long found(ListOffsets.Response response) {
        ListOffsets.Found found = response.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .findFirst()
                .orElseThrow(() -> new TryAgain("Partition " + partition + " is not in the answer about its offsets"));
        if (found.error() != ErrorCode.NONE) {
            throw Outcome.failure("Offsets of partition " + partition, found.error());
        }
        return found.offset();
    }
}
