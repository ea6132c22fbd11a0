package io.millstream.hadoop.input;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.Document;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.OffsetMetadata;
import io.millstream.coordination.Paths;
import io.millstream.coordination.TopicAssignment;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where a group has come to, by its offsets in ZooKeeper. Used by the driver alone. */
final class GroupStart implements InputPlan.CommittedOffsets {

    private final Function<String, Coordination> connect;
    private final boolean willCommit;
    private GroupOffsets read;

    /**
     * @param connect makes a connection to a connect string; it is closed after each use
     * @param willCommit whether the offsets read are to be committed later: what that needs in ZooKeeper is made
     */
    GroupStart(Function<String, Coordination> connect, boolean willCommit) {
        this.connect = connect;
        this.willCommit = willCommit;
    }

    /** What was read last; null if nothing was. */
    GroupOffsets read() {
        return read;
    }

    @Override
    public Map<TopicPartition, Long> of(RangeChoice.SinceCommitted choice, SortedSet<TopicPartition> partitions)
            throws InputException {
        try (Coordination zooKeeper = connect.apply(choice.zooKeeper())) {
            return read(zooKeeper, choice.group(), partitions);
        } catch (CoordinationException e) {
            throw new InputException("Cannot read the offsets of group " + choice.group() + ": " + e.getMessage(), e);
        }
    }

    private Map<TopicPartition, Long> read(Coordination zooKeeper, String group, SortedSet<TopicPartition> partitions)
            throws InputException {
        if (willCommit) {
            Set<TopicName> topics =
                    partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
            Coordination.await(GroupOffsets.prepare(zooKeeper, group, topics));
        }
        Coordination.await(zooKeeper.sync()); // a server that lags would give offsets that are read already
        GroupOffsets offsets = Coordination.await(GroupOffsets.read(zooKeeper, group, partitions));
        // Asked after they were read, or the answer proves nothing.
        Optional<String> objection = PendingOffsets.objection(zooKeeper, group);
        if (objection.isPresent()) {
            throw new InputException(objection.get());
        }
        read = offsets;
        Map<TopicName, Optional<UUID>> ids = new HashMap<>();
        Map<TopicPartition, Long> starts = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Optional<CommittedOffset> committed = offsets.offset(partition);
            if (committed.isEmpty()) {
                continue;
            }
            Optional<UUID> id = ids.computeIfAbsent(partition.topic(), topic -> topicId(zooKeeper, topic));
            ensureSameTopic(group, partition, committed.get(), id);
            starts.put(partition, committed.get().offset());
        }
        return starts;
    }

    /** Empty where this ZooKeeper does not know the topic: its brokers are others, which have ids of their own. */
    private static Optional<UUID> topicId(Coordination zooKeeper, TopicName topic) {
        String path = Paths.topic(topic);
        return Coordination.await(zooKeeper.read(path))
                .map(found -> Document.read(found.value(), TopicAssignment.class, path)
                        .topicId());
    }

    private static void ensureSameTopic(
            String group, TopicPartition partition, CommittedOffset committed, Optional<UUID> id)
            throws InputException {
        OffsetMetadata metadata = committed.metadata();
        if (metadata != null && id.isPresent() && !id.get().equals(metadata.topicId())) {
            throw new InputException(
                    "Group " + group + " has committed offset " + committed.offset() + " of " + partition
                            + " in an earlier topic of this name (id " + metadata.topicId() + ", now " + id.get()
                            + "): reset the group");
        }
    }
}
