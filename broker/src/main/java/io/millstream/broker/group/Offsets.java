package io.millstream.broker.group;

import io.millstream.coordination.CommittedOffset;
import io.millstream.coordination.CoordinationException;
import io.millstream.coordination.GroupOffsets;
import io.millstream.coordination.Paths;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients and administrators ask of the offsets of a shard's groups. Lives on the shard's loop. */
final class Offsets {

    private static final Logger log = LoggerFactory.getLogger(Offsets.class);

    private final Shard shard;

    /** The last commit of each group that is asking, or waits for one that does. */
    private final Map<String, CompletableFuture<?>> asking = new HashMap<>();

    Offsets(Shard shard) {
        this.shard = shard;
    }

    /** Those of a group come one after the other, or one that must ask for its topics first would undo a later one. */
    CompletableFuture<Map<TopicPartition, ErrorCode>> commit(
            String id, Caller caller, Map<TopicPartition, OffsetToCommit> offsets) {
        CompletableFuture<?> before = asking.get(id);
        CompletableFuture<Map<TopicPartition, ErrorCode>> answer = before == null
                ? commitInTurn(id, caller, offsets)
                : before.handle((outcome, failure) -> null)
                        .thenComposeAsync(turn -> commitInTurn(id, caller, offsets), shard.loop());
        if (before != null) {
            ask(id, answer);
        }
        return answer;
    }

    private void ask(String id, CompletableFuture<?> answer) {
        asking.put(id, answer);
        CompletableFuture<?> unused =
                answer.whenCompleteAsync((outcome, failure) -> asking.remove(id, answer), shard.loop());
    }

    private CompletableFuture<Map<TopicPartition, ErrorCode>> commitInTurn(
            String id, Caller caller, Map<TopicPartition, OffsetToCommit> offsets) {
        TopicIds known = shard.environment().topics();
        List<TopicName> unknown = offsets.keySet().stream()
                .filter(partition -> known.of(partition).isEmpty())
                .map(TopicPartition::topic)
                .toList();
        ErrorCode objection = objection(id, caller);
        if (unknown.isEmpty() || objection != ErrorCode.NONE) {
            return commit(id, caller, offsets, known);
        }
        // Made a moment ago, perhaps: some clients take it for final that there is no such topic.
        CompletableFuture<Map<TopicPartition, ErrorCode>> answer = TopicsNow.read(shard.coordination(), unknown)
                .thenComposeAsync(
                        now -> commit(id, caller, offsets, partition -> now.id(partition)
                                .or(() -> known.of(partition))),
                        shard.loop());
        ask(id, answer);
        return answer;
    }

    private CompletableFuture<Map<TopicPartition, ErrorCode>> commit(
            String id, Caller caller, Map<TopicPartition, OffsetToCommit> offsets, TopicIds topics) {
        ErrorCode objection = objection(id, caller);
        if (objection != ErrorCode.NONE) {
            return CompletableFuture.completedFuture(everyone(offsets.keySet(), objection));
        }
        CommitCheck check =
                CommitCheck.of(offsets, topics, shard.environment().offsets().maxMetadataChars());
        return shard.store().commit(id, check.accepted()).thenApply(check::outcome);
    }

    private ErrorCode objection(String id, Caller caller) {
        if (!shard.environment().topics().areKnown()) { // some clients take an unknown topic for final
            return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
        }
        boolean reserved = shard.isReserved(
                id,
                reason -> log.warn(
                        "Offsets of group {} cannot be committed by clients or reset: it belongs to {}", id, reason));
        if (reserved) {
            return ErrorCode.INVALID_GROUP_ID;
        }
        Optional<Group> group = shard.group(id);
        if (group.isEmpty()) {
            return caller.generation() < 0 ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
        }
        return group.get().mayCommit(caller, shard.environment().now());
    }

    static Map<TopicPartition, ErrorCode> everyone(Collection<TopicPartition> partitions, ErrorCode error) {
        Map<TopicPartition, ErrorCode> all = new TreeMap<>();
        partitions.forEach(partition -> all.put(partition, error));
        return all;
    }

    /** What is remembered is good enough only while there are members, for then nobody else should commit. */
    CompletableFuture<FetchedOffsets> fetch(String id, Optional<Collection<TopicPartition>> partitions) {
        boolean members = shard.group(id).filter(group -> !group.isEmpty()).isPresent();
        boolean trusting = members && shard.environment().reservations().of(id).isEmpty();
        return shard.store().offsets(id, trusting).thenCompose(read -> {
            Map<TopicPartition, CommittedOffset> found = new TreeMap<>();
            Map<TopicPartition, CommittedOffset> doubtful = new TreeMap<>();
            for (TopicPartition partition : partitions.orElseGet(read::partitions)) {
                Optional<UUID> topicId = shard.environment().topics().of(partition);
                read.offset(partition)
                        .ifPresent(offset -> (isOf(topicId, offset) ? found : doubtful).put(partition, offset));
            }
            return settle(doubtful).thenApply(more -> {
                found.putAll(more);
                return new FetchedOffsets(ErrorCode.NONE, found);
            });
        });
    }

    /**
     * Of offsets whose topics this broker does not know, those that ZooKeeper does: whoever is told of no offset starts over,
     * and a broker that has just started knows no topic yet.
     */
    private CompletableFuture<Map<TopicPartition, CommittedOffset>> settle(
            Map<TopicPartition, CommittedOffset> doubtful) {
        List<TopicName> topics =
                doubtful.keySet().stream().map(TopicPartition::topic).toList();
        return TopicsNow.read(shard.coordination(), topics).thenApply(now -> {
            topics.stream().filter(now::isUnreadable).findFirst().ifPresent(topic -> {
                String what = "Topic " + topic + " cannot be read: whether there is an offset of it is not known";
                throw new CoordinationException(CoordinationException.Reason.REFUSED, what, null);
            });
            Map<TopicPartition, CommittedOffset> valid = new TreeMap<>(doubtful);
            valid.entrySet().removeIf(each -> !isOf(now.id(each.getKey()), each.getValue()));
            return valid;
        });
    }

    /** Whether an offset is of the topic that has the name now. What old tools wrote does not say which topic they meant. */
    private static boolean isOf(Optional<UUID> topicId, CommittedOffset offset) {
        return topicId.isPresent()
                && (offset.metadata() == null
                        || topicId.get().equals(offset.metadata().topicId()));
    }

    CompletableFuture<DeletedOffsets> delete(String id, Collection<TopicPartition> partitions) {
        if (isReserved(id)) {
            return CompletableFuture.completedFuture(DeletedOffsets.refused(ErrorCode.NON_EMPTY_GROUP));
        }
        return exists(id)
                .thenComposeAsync(
                        exists -> {
                            if (!exists) {
                                return CompletableFuture.completedFuture(
                                        DeletedOffsets.refused(ErrorCode.GROUP_ID_NOT_FOUND));
                            }
                            Map<TopicPartition, ErrorCode> outcome = new TreeMap<>();
                            for (TopicPartition partition : partitions) {
                                ErrorCode error = shard.group(id)
                                        .map(group -> group.mayDeleteOffsets(
                                                partition.topic().value()))
                                        .orElse(ErrorCode.NONE);
                                if (error == ErrorCode.NON_EMPTY_GROUP || error == ErrorCode.GROUP_ID_NOT_FOUND) {
                                    return CompletableFuture.completedFuture(DeletedOffsets.refused(error));
                                }
                                outcome.put(partition, error);
                            }
                            Collection<TopicPartition> free = outcome.keySet().stream()
                                    .filter(partition -> outcome.get(partition) == ErrorCode.NONE)
                                    .toList();
                            return remove(id, read -> free)
                                    .thenApply(done -> new DeletedOffsets(ErrorCode.NONE, outcome));
                        },
                        shard.loop());
    }

    /** Removes offsets of a group that goes on: those that {@code which} chooses, on any thread, of what there is then. */
    CompletableFuture<Void> remove(String id, Function<GroupOffsets, Collection<TopicPartition>> which) {
        return shard.store().alone(id, guard -> new OffsetRemoval(shard.environment(), id, guard).of(which));
    }

    /** Deletes a group that has no members, with its offsets. */
    CompletableFuture<ErrorCode> deleteGroup(String id) {
        if (isReserved(id)) {
            return CompletableFuture.completedFuture(ErrorCode.NON_EMPTY_GROUP);
        }
        return exists(id)
                .thenComposeAsync(
                        exists -> {
                            if (!exists) {
                                return CompletableFuture.completedFuture(ErrorCode.GROUP_ID_NOT_FOUND);
                            }
                            return removeGroup(id, read -> true);
                        },
                        shard.loop());
    }

    /**
     * The group is dead meanwhile, so that nobody joins what is about to vanish.
     *
     * @param still whether that is still wanted, by the offsets as they are when nobody can commit any more; on any thread
     */
    CompletableFuture<ErrorCode> removeGroup(String id, Predicate<GroupOffsets> still) {
        Group group = shard.groupOrNew(id);
        if (!group.isEmpty()) {
            return CompletableFuture.completedFuture(ErrorCode.NON_EMPTY_GROUP);
        }
        shard.happen(id, dying -> dying.die(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        return shard.store()
                .alone(id, guard -> new OffsetRemoval(shard.environment(), id, guard).ofEverything(still))
                .handle((done, failure) -> {
                    if (shard.group(id).filter(now -> now == group).isPresent()) {
                        shard.remove(id);
                    }
                    if (failure != null) {
                        log.warn("Group {} was not deleted, or not whole: {}", id, failure.getMessage());
                        return ErrorCode.COORDINATOR_NOT_AVAILABLE;
                    }
                    return ErrorCode.NONE;
                });
    }

    private boolean isReserved(String id) {
        return shard.isReserved(
                id, reason -> log.warn("Group {} and its offsets cannot be deleted: it belongs to {}", id, reason));
    }

    /** Whether there is such a group: with members, or with offsets. Completes on any thread. */
    CompletableFuture<Boolean> exists(String id) {
        return shard.group(id).isPresent()
                ? CompletableFuture.completedFuture(true)
                : shard.coordination().read(Paths.offsets(id)).thenApply(Optional::isPresent);
    }
}
