package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
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
import java.util.List;
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

    /** What is to be done: one task per log. For workers. */
    List<Runnable> due(ClusterState cluster) {
        List<Runnable> tasks = new ArrayList<>();
        if (!cluster.deletions().isEmpty()) {
            for (PartitionLog each : logs.logs()) {
                Versioned<TopicDeletion> deletion =
                        cluster.deletions().get(each.partition().topic());
                // While the topic is still seen, its state is older than its deletion.
                if (deletion != null
                        && deletion.value().pending().containsKey(each.topicId())
                        && !cluster.has(each.partition().topic(), each.topicId())) {
                    tasks.add(() -> delete(each));
                }
            }
            logs.failures().keySet().stream()
                    .filter(each -> isDeleted(cluster, each))
                    .forEach(each -> tasks.add(() -> delete(each)));
        }
        return tasks;
    }

    /** Whether a log that could not be opened surely is of a topic that was deleted. */
    private boolean isDeleted(ClusterState cluster, TopicPartition failed) {
        Versioned<TopicDeletion> deletion = cluster.deletions().get(failed.topic());
        return deletion != null
                && logs.topicOfFailed(failed)
                        .filter(topicId -> deletion.value().pending().containsKey(topicId))
                        .filter(topicId -> !cluster.has(failed.topic(), topicId))
                        .isPresent();
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

    private void delete(PartitionLog each) {
        partitions.find(each.partition()).filter(known -> known.log() == each).ifPresent((Partition known) -> {
            known.stop(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            partitions.remove(known.id());
        });
        attempt(each.partition(), () -> logs.delete(each));
    }

    private void delete(TopicPartition failed) {
        attempt(failed, () -> logs.delete(failed));
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
