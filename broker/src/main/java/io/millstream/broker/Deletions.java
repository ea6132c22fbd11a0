package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.group.TopicsNow;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicDeletion;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the logs of deleted topics, by topic id: those of a later topic of the same name stay. When this broker holds
 * none any more, or none of a topic that has moved away from it, it says so in the deletion's znode, by compare-and-set; what
 * fails is tried again with the next state.
 *
 * <p>Confined to the thread of {@link Roles}.
 */
final class Deletions {

    private static final Logger log = LoggerFactory.getLogger(Deletions.class);

    private final int broker;
    private final LogDirectories logs;
    private final Partitions partitions;
    private final Coordination coordination;

    Deletions(int broker, LogDirectories logs, Partitions partitions, Coordination coordination) {
        this.broker = broker;
        this.logs = logs;
        this.partitions = partitions;
        this.coordination = coordination;
    }

    /**
     * What is to be done: one task per log. For workers. That this broker may hold a log which is not its own any more, and
     * does not see the topic, is no reason to delete one: it may live on, and be unreadable. So nothing is deleted before
     * ZooKeeper was asked again, and knows no topic of that name or another one. Fails if it cannot be asked.
     */
    CompletableFuture<List<Runnable>> due(ClusterState cluster) {
        Map<TopicPartition, UUID> suspects = new HashMap<>();
        if (!cluster.deletions().isEmpty()) {
            logs.logs().forEach(each -> suspect(cluster, each.partition(), each.topicId(), suspects));
            logs.failures().keySet().forEach(failed -> logs.topicOfFailed(failed)
                    .ifPresent(topicId -> suspect(cluster, failed, topicId, suspects)));
        }
        List<TopicName> topics =
                suspects.keySet().stream().map(TopicPartition::topic).toList();
        return TopicsNow.read(coordination, topics).thenApply(now -> {
            List<Runnable> tasks = new ArrayList<>();
            suspects.forEach((id, topicId) -> {
                if (now.isGone(id.topic(), Optional.of(topicId))) {
                    tasks.add(() -> delete(id, topicId));
                }
            });
            return tasks;
        });
    }

    private void suspect(ClusterState cluster, TopicPartition id, UUID topicId, Map<TopicPartition, UUID> suspects) {
        Versioned<TopicDeletion> deletion = cluster.deletions().get(id.topic());
        if (deletion != null
                && deletion.value().pending().getOrDefault(topicId, List.of()).contains(broker)
                && !cluster.has(id.topic(), topicId)) {
            suspects.put(id, topicId);
        }
    }

    /** Takes this broker off the lists of those that may still hold a log, where it does not. */
    void report(ClusterState cluster) {
        cluster.deletions().forEach((name, deletion) -> {
            SortedMap<UUID, List<Integer>> left = new TreeMap<>();
            deletion.value().pending().forEach((topicId, brokers) -> {
                List<Integer> still = isTakingPart(cluster, name, topicId) || mayHold(name, topicId)
                        ? brokers
                        : brokers.stream().filter(other -> other != broker).toList();
                if (!still.isEmpty()) {
                    left.put(topicId, still);
                }
            });
            if (!left.equals(deletion.value().pending())) {
                report(name, deletion, left);
            }
        });
    }

    /** Whether this broker has a replica of the topic, as far as is known: what says that it is deleted may be newer. */
    private boolean isTakingPart(ClusterState cluster, TopicName name, UUID topicId) {
        return cluster.has(name, topicId)
                && cluster.topics().get(name).assignment().value().partitions().values().stream()
                        .anyMatch(replicas -> replicas.contains(broker));
    }

    /**
     * A log that could not be opened may be of any topic of that name, unless it says so itself; what is in a failed
     * directory, nobody knows.
     */
    private boolean mayHold(TopicName name, UUID topicId) {
        return logs.anyOffline()
                || logs.logs().stream()
                        .anyMatch(each -> each.partition().topic().equals(name)
                                && each.topicId().equals(topicId))
                || logs.failures().keySet().stream()
                        .filter(id -> id.topic().equals(name))
                        .anyMatch(id -> logs.topicOfFailed(id).orElse(topicId).equals(topicId));
    }

    private void delete(TopicPartition id, UUID topicId) {
        Optional<PartitionLog> open = logs.log(id, topicId);
        open.ifPresent(
                each -> partitions.find(id).filter(known -> known.log() == each).ifPresent((Partition known) -> {
                    known.stop(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                    partitions.remove(id);
                }));
        attempt(id, () -> open.ifPresentOrElse(logs::delete, () -> logs.delete(id)));
    }

    private static void attempt(TopicPartition partition, Runnable deletion) {
        try {
            deletion.run();
            log.info("Deleted the log of {}", partition);
        } catch (StorageException e) {
            log.error("The log of deleted partition {} stays for now: {}", partition, e.getMessage());
        }
    }

    private void report(TopicName name, Versioned<TopicDeletion> deletion, SortedMap<UUID, List<Integer>> left) {
        String path = Paths.deletedTopic(name);
        Write write = left.isEmpty()
                ? new Write.Delete(path, deletion.version())
                : new Write.Update(path, Document.write(new TopicDeletion(left)), deletion.version());
        CompletableFuture<?> unused = coordination.commit(write).whenComplete((done, failure) -> {
            if (failure != null) {
                log.info(
                        "Saying that no old log of topic {} is left here is tried again later: {}",
                        name,
                        failure.getMessage());
            }
        });
    }
}
