package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.group.TopicsNow;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partitions;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.TopicAssignment;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the logs of partitions that live on, but not on this broker. What is known of an assignment may be old, and an
 * older one may not name a broker that a newer one names: nothing is deleted before the assignment has been read again,
 * up to date, with this very topic's id.
 *
 * <p>Confined to the thread of {@link Roles}.
 */
final class Departures {

    private static final Logger log = LoggerFactory.getLogger(Departures.class);

    private final int broker;
    private final LogDirectories logs;
    private final Partitions partitions;
    private final Coordination coordination;

    Departures(int broker, LogDirectories logs, Partitions partitions, Coordination coordination) {
        this.broker = broker;
        this.logs = logs;
        this.partitions = partitions;
        this.coordination = coordination;
    }

    /** What is to be done: one task per log. For workers. Fails if ZooKeeper cannot be asked. */
    CompletableFuture<List<Runnable>> due(ClusterState cluster) {
        Map<TopicName, List<PartitionLog>> suspects = new HashMap<>();
        for (PartitionLog each : logs.logs()) {
            TopicPartition id = each.partition();
            if (cluster.has(id.topic(), each.topicId())
                    && isElsewhere(cluster.topics().get(id.topic()).assignment().value(), id)) {
                suspects.computeIfAbsent(id.topic(), topic -> new ArrayList<>()).add(each);
            }
        }
        if (suspects.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return TopicsNow.read(coordination, suspects.keySet()).thenApply(now -> {
            List<Runnable> tasks = new ArrayList<>();
            suspects.forEach((topic, its) ->
                    now.assignment(topic).ifPresent(assignment -> tasks.addAll(tasks(assignment, its))));
            return tasks;
        });
    }

    private List<Runnable> tasks(TopicAssignment assignment, Collection<PartitionLog> suspects) {
        return suspects.stream()
                .filter(each -> each.topicId().equals(assignment.topicId()))
                .filter(each -> isElsewhere(assignment, each.partition()))
                .<Runnable>map(each -> () -> delete(each))
                .toList();
    }

    /** Whether the partition exists, and this broker has no part in it. */
    private boolean isElsewhere(TopicAssignment assignment, TopicPartition id) {
        List<Integer> replicas = assignment.partitions().get(id.partition());
        return replicas != null && !replicas.isEmpty() && !replicas.contains(broker);
    }

    private void delete(PartitionLog each) {
        partitions.find(each.partition()).filter(known -> known.log() == each).ifPresent(known -> {
            known.stop(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            partitions.remove(known.id());
        });
        try {
            logs.delete(each);
            log.info("Deleted the log of {}: the partition is on other brokers now", each.partition());
        } catch (StorageException e) {
            log.error("The log of {}, which is on other brokers now, stays: {}", each.partition(), e.getMessage());
        }
    }
}
