package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Topics as ZooKeeper has them: what a broker knows of them may be old, or nothing yet. As new as when they were asked for.
 * Immutable.
 */
final class TopicsNow {

    /** Empty where there is no topic; one that is half made, or half gone, is missing. */
    private final Map<TopicName, Optional<TopicAssignment>> found;

    private TopicsNow(Map<TopicName, Optional<TopicAssignment>> found) {
        this.found = found;
    }

    static CompletableFuture<TopicsNow> read(Coordination coordination, Collection<TopicName> topics) {
        Map<TopicName, Optional<TopicAssignment>> found = new HashMap<>();
        CompletableFuture<Void> asked = topics.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : coordination.sync(); // which reads that are sent after it wait for
        for (TopicName topic : new HashSet<>(topics)) {
            String path = Paths.topic(topic);
            asked = asked.thenCombine(coordination.read(path), (done, read) -> {
                if (read.isEmpty()) {
                    found.put(topic, Optional.empty());
                } else if (read.get().value().length > 0) {
                    found.put(topic, Optional.of(Document.read(read.get().value(), TopicAssignment.class, path)));
                }
                return null;
            });
        }
        return asked.thenApply(done -> new TopicsNow(found));
    }

    /** The id of the topic that a partition is of; empty if there is no such partition, or nothing was read of it. */
    Optional<UUID> id(TopicPartition partition) {
        return found.getOrDefault(partition.topic(), Optional.empty())
                .filter(topic -> topic.partitions().containsKey(partition.partition()))
                .map(TopicAssignment::topicId);
    }

    /**
     * Whether the topic of which an offset was committed is no more.
     *
     * @param then the id it had; empty if that is not known
     */
    boolean isGone(TopicName topic, Optional<UUID> then) {
        Optional<TopicAssignment> now = found.get(topic);
        return now != null
                && (now.isEmpty()
                        || (then.isPresent() && !then.get().equals(now.get().topicId())));
    }
}
