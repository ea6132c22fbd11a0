package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics as ZooKeeper has them: what a broker knows of them may be old, or nothing yet. As new as when they were asked for.
 * Immutable.
 */
public final class TopicsNow {

    private static final Logger log = LoggerFactory.getLogger(TopicsNow.class);

    /** Empty where there is no topic; one that is half made, half gone, or cannot be read, is missing. */
    private final Map<TopicName, Optional<TopicAssignment>> found;

    private final Set<TopicName> unreadable;

    private TopicsNow(Map<TopicName, Optional<TopicAssignment>> found, Set<TopicName> unreadable) {
        this.found = found;
        this.unreadable = unreadable;
    }

    /** Reads {@code topics}. Fails if ZooKeeper cannot be asked. */
    public static CompletableFuture<TopicsNow> read(Coordination coordination, Collection<TopicName> topics) {
        if (topics.isEmpty()) {
            return CompletableFuture.completedFuture(new TopicsNow(Map.of(), Set.of()));
        }
        return coordination.sync().thenCompose(upToDate -> readAll(coordination, Set.copyOf(topics)));
    }

    private static CompletableFuture<TopicsNow> readAll(Coordination coordination, Set<TopicName> topics) {
        Map<TopicName, Optional<TopicAssignment>> found = new HashMap<>();
        Set<TopicName> unreadable = new HashSet<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (TopicName topic : topics) {
            String path = Paths.topic(topic);
            all = all.thenCombine(coordination.read(path), (done, read) -> {
                if (read.isEmpty()) {
                    found.put(topic, Optional.empty());
                } else if (read.get().value().length > 0) {
                    try {
                        found.put(topic, Optional.of(Document.read(read.get().value(), TopicAssignment.class, path)));
                    } catch (CoordinationException e) { // one damaged znode must not stop the others
                        log.error("Topic {} cannot be read: {}", topic, e.getMessage());
                        unreadable.add(topic);
                    }
                }
                return null;
            });
        }
        return all.thenApply(done -> new TopicsNow(found, unreadable));
    }

    /** Those of the topics that there are. */
    public Set<TopicName> existing() {
        return found.entrySet().stream()
                .filter(topic -> topic.getValue().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Where the partitions of a topic are; empty if there is no such topic, or nothing was read of it. */
    public Optional<TopicAssignment> assignment(TopicName topic) {
        return found.getOrDefault(topic, Optional.empty());
    }

    /** Whether there is something of a topic that cannot be understood. */
    boolean isUnreadable(TopicName topic) {
        return unreadable.contains(topic);
    }

    /** The id of the topic that a partition is of; empty if there is no such partition, or nothing was read of it. */
    Optional<UUID> id(TopicPartition partition) {
        return assignment(partition.topic())
                .filter(topic -> topic.partitions().containsKey(partition.partition()))
                .map(TopicAssignment::topicId);
    }

    /**
     * Whether a topic is surely no more: there is none of that name, or another.
     *
     * @param then the id it had; empty if that is not known
     */
    public boolean isGone(TopicName topic, Optional<UUID> then) {
        Optional<TopicAssignment> now = found.get(topic);
        return now != null
                && (now.isEmpty()
                        || (then.isPresent() && !then.get().equals(now.get().topicId())));
    }
}
