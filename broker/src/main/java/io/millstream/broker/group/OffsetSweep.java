package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.GroupOffsets;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes offsets that nobody will ask for: of groups that have had no members and no commits for the retention time, of
 * topics that the members of a group have not read for as long, and of topics that are gone. Groups that are reserved, or
 * were written to directly, are left alone. Lives on the shard's loop.
 */
final class OffsetSweep {

    private static final Logger log = LoggerFactory.getLogger(OffsetSweep.class);

    private final Shard shard;
    private final Offsets offsets;

    OffsetSweep(Shard shard, Offsets offsets) {
        this.shard = shard;
        this.offsets = offsets;
    }

    /** Looks at one group. */
    CompletableFuture<Void> sweep(String id) {
        return shard.store().offsets(id, false).thenComposeAsync(read -> sweep(id, read), shard.loop());
    }

    private CompletableFuture<Void> sweep(String id, GroupOffsets read) {
        if (shard.environment().reservations().of(id).isPresent() || read.hasDirectWriter()) {
            return CompletableFuture.completedFuture(null);
        }
        if (isExpired(id, read)) {
            log.info("Group {} has had no members and no commits for long; its offsets are deleted", id);
            return offsets.removeGroup(id, this::isOld).thenApply(done -> null);
        }
        return removeGivenUp(id, read)
                .thenComposeAsync(done -> gone(read), shard.loop())
                .thenComposeAsync(
                        partitions -> {
                            if (partitions.isEmpty()) {
                                return CompletableFuture.completedFuture(null);
                            }
                            log.info(
                                    "Offsets of group {} for {}: their topics are gone, they are deleted",
                                    id,
                                    partitions);
                            return offsets.remove(id, now -> unchanged(partitions, read, now));
                        },
                        shard.loop());
    }

    private boolean isExpired(String id, GroupOffsets read) {
        Optional<Group> group = shard.group(id);
        if (group.isPresent() && !group.get().isEmpty()) {
            return false;
        }
        // Who was a member before this broker had the shard is not known: the time begins anew then.
        long since = Math.max(shard.since(), group.map(Group::emptySince).orElse(0L));
        long retention = shard.environment().offsets().retentionMillis();
        return shard.environment().now() - since >= retention && isOld(read);
    }

    /** Whether nothing was committed for the retention time. */
    private boolean isOld(GroupOffsets read) {
        long retention = shard.environment().offsets().retentionMillis();
        return shard.environment().clock().millis() - read.modifiedMillis() >= retention;
    }

    private CompletableFuture<Void> removeGivenUp(String id, GroupOffsets read) {
        Optional<Group> group = shard.group(id);
        List<TopicPartition> givenUp = old(read).stream()
                .filter(partition -> group.isPresent()
                        && group.get().hasGivenUp(partition.topic().value()))
                .toList();
        if (givenUp.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        log.info("Offsets of group {} for {}: its members have not read them for long, they are deleted", id, givenUp);
        return offsets.remove(id, now -> {
            List<TopicPartition> stillOld = old(now);
            return givenUp.stream().filter(stillOld::contains).toList();
        });
    }

    /** The partitions for which nothing was committed for the retention time. */
    private List<TopicPartition> old(GroupOffsets read) {
        long before = shard.environment().clock().millis()
                - shard.environment().offsets().retentionMillis();
        return read.partitions().stream()
                .filter(partition -> read.modifiedMillis(partition) <= before)
                .toList();
    }

    /** The partitions of topics that are not there any more, asked of ZooKeeper itself: what this broker knows may be old. */
    private CompletableFuture<Collection<TopicPartition>> gone(GroupOffsets read) {
        SortedSet<TopicName> suspects = new TreeSet<>();
        for (TopicPartition partition : read.partitions()) {
            Optional<UUID> now = shard.environment().topics().of(partition);
            if (now.isEmpty() || !now.equals(topicId(read, partition))) {
                suspects.add(partition.topic());
            }
        }
        return TopicsNow.read(shard.coordination(), suspects).thenApply(topics -> read.partitions().stream()
                .filter(partition -> topics.isGone(partition.topic(), topicId(read, partition)))
                .toList());
    }

    /** What was committed meanwhile may be of another topic that has the name now. */
    private static List<TopicPartition> unchanged(
            Collection<TopicPartition> partitions, GroupOffsets read, GroupOffsets now) {
        return partitions.stream()
                .filter(partition -> topicId(now, partition).equals(topicId(read, partition)))
                .toList();
    }

    private static Optional<UUID> topicId(GroupOffsets read, TopicPartition partition) {
        return read.offset(partition).map(CommittedOffset::metadata).map(metadata -> metadata.topicId());
    }
}
