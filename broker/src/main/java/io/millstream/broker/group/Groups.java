package io.millstream.broker.group;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Paths;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All consumer groups that this broker coordinates. A group belongs to a shard by the hash of its id; each shard lives on one
 * loop and is fenced by {@code /coordinators/<shard>}.
 *
 * <p>Methods may be called from any thread and do not block. Refusals are error codes, also when ZooKeeper is out of reach.
 * Results complete on any thread.
 */
public final class Groups implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Groups.class);

    private final GroupEnvironment environment;
    private final Loop loop;
    private final List<Shard> shards;
    private final List<Memberships> memberships;
    private final List<Offsets> offsets;
    private final List<OffsetSweep> sweeps;
    private final ShardKeeper keeper;

    /**
     * How a broker takes part.
     *
     * @param broker its id
     * @param brokers among which shards are shared out
     * @param topics which exist
     * @param membership rules for members
     * @param offsets rules for offsets
     */
    public record Part(
            int broker, Registered.Source brokers, TopicIds topics, GroupSettings membership, OffsetSettings offsets) {}

    private Groups(GroupEnvironment environment, Part part, ShardClaims claims, int count, List<Loop> loops) {
        this.environment = environment;
        this.loop = loops.get(0);
        this.shards = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            shards.add(new Shard(number, loops.get(number % loops.size()), environment, this::brokersChanged));
        }
        this.memberships = shards.stream().map(Memberships::new).toList();
        this.offsets = shards.stream().map(Offsets::new).toList();
        this.sweeps = IntStream.range(0, count)
                .mapToObj(number -> new OffsetSweep(shards.get(number), offsets.get(number)))
                .toList();
        this.keeper = new ShardKeeper(part.broker(), environment, claims, shards, part.brokers(), loop);
    }

    /**
     * Takes this broker's shards.
     *
     * @param loops on which groups live; they belong to the caller
     * @return completes when groups are served
     */
    public static CompletableFuture<Groups> start(
            Coordination coordination, Clock clock, Entropy entropy, List<Loop> loops, Part part) {
        ShardClaims claims = new ShardClaims(coordination, part.broker(), entropy);
        Reservations reservations = new Reservations(coordination, loops.get(0));
        GroupEnvironment environment = new GroupEnvironment(
                coordination, clock, part.membership(), part.offsets(), part.topics(), reservations);
        return claims.count(part.offsets().shards())
                .thenCompose(count -> {
                    Groups groups = new Groups(environment, part, claims, count, loops);
                    return reservations
                            .start()
                            .thenCompose(done -> groups.keeper.start())
                            .thenApply(done -> groups);
                })
                .thenApply(groups -> {
                    groups.sweepLater();
                    return groups;
                });
    }

    private int shardOf(String group) {
        return Math.floorMod(group.hashCode(), shards.size());
    }

    /** The broker that coordinates {@code group}; empty if none does at the moment. */
    public OptionalInt coordinator(String group) {
        int owner = keeper.owner(shardOf(group));
        return owner < 0 ? OptionalInt.empty() : OptionalInt.of(owner);
    }

    /** Brokers came or went, or are about to: some shards may be to be taken over. */
    public void brokersChanged() {
        keeper.look();
    }

    /** Completes once others coordinate all groups of this broker, which must have said that it is about to stop. */
    public CompletableFuture<Void> handedOver() {
        return keeper.handedOver();
    }

    /** {@link Join}; completes when the next generation begins, or the member is refused. */
    public CompletableFuture<Joined> join(String group, Join join) {
        if (!GroupId.isLegal(group)) {
            return done(Joined.refused(ErrorCode.INVALID_GROUP_ID, join.memberId()));
        }
        int shard = shardOf(group);
        return shards.get(shard).call(error -> Joined.refused(error, join.memberId()), () -> memberships
                .get(shard)
                .join(group, join));
    }

    /** {@link Sync}; completes when the leader has shared out the work. */
    public CompletableFuture<Synced> sync(String group, Sync sync) {
        if (!GroupId.isLegal(group)) {
            return done(Synced.refused(ErrorCode.INVALID_GROUP_ID));
        }
        int shard = shardOf(group);
        return shards.get(shard)
                .call(Synced::refused, () -> memberships.get(shard).sync(group, sync));
    }

    /** A member lives. */
    public CompletableFuture<ErrorCode> heartbeat(String group, Caller caller) {
        if (!GroupId.isLegal(group)) {
            return done(ErrorCode.INVALID_GROUP_ID);
        }
        int shard = shardOf(group);
        return shards.get(shard)
                .call(error -> error, () -> memberships.get(shard).heartbeat(group, caller));
    }

    /** Members leave. */
    public CompletableFuture<Left> leave(String group, List<Leaving> leaving) {
        if (!GroupId.isLegal(group)) {
            return done(Left.refused(ErrorCode.INVALID_GROUP_ID));
        }
        int shard = shardOf(group);
        return shards.get(shard)
                .call(Left::refused, () -> memberships.get(shard).leave(group, leaving));
    }

    /** Commits offsets; {@link ErrorCode#NONE} says that one is stored. */
    public CompletableFuture<Map<TopicPartition, ErrorCode>> commit(
            String group, Caller caller, Map<TopicPartition, OffsetToCommit> toCommit) {
        if (!GroupId.isLegal(group)) {
            return done(Offsets.everyone(toCommit.keySet(), ErrorCode.INVALID_GROUP_ID));
        }
        int shard = shardOf(group);
        return shards.get(shard).call(error -> Offsets.everyone(toCommit.keySet(), error), () -> offsets.get(shard)
                .commit(group, caller, toCommit));
    }

    /** Committed offsets of {@code partitions}; of all if that is empty. */
    public CompletableFuture<FetchedOffsets> offsets(String group, Optional<Collection<TopicPartition>> partitions) {
        if (!GroupId.isLegal(group)) {
            return done(FetchedOffsets.refused(ErrorCode.INVALID_GROUP_ID));
        }
        int shard = shardOf(group);
        return shards.get(shard)
                .call(FetchedOffsets::refused, () -> offsets.get(shard).fetch(group, partitions));
    }

    /** Deletes committed offsets, unless somebody reads the topic. */
    public CompletableFuture<DeletedOffsets> deleteOffsets(String group, Collection<TopicPartition> partitions) {
        if (!GroupId.isLegal(group)) {
            return done(DeletedOffsets.refused(ErrorCode.INVALID_GROUP_ID));
        }
        int shard = shardOf(group);
        return shards.get(shard)
                .call(DeletedOffsets::refused, () -> offsets.get(shard).delete(group, partitions));
    }

    /** Deletes a group that has no members. */
    public CompletableFuture<ErrorCode> delete(String group) {
        if (!GroupId.isLegal(group)) {
            return done(ErrorCode.INVALID_GROUP_ID);
        }
        int shard = shardOf(group);
        return shards.get(shard).call(error -> error, () -> offsets.get(shard).deleteGroup(group));
    }

    /** Describes a group; one that does not exist is dead. */
    public CompletableFuture<GroupDescription> describe(String group) {
        if (!GroupId.isLegal(group)) {
            return done(GroupDescription.refused(group, ErrorCode.INVALID_GROUP_ID));
        }
        Shard shard = shards.get(shardOf(group));
        Offsets those = offsets.get(shardOf(group));
        return shard.call(
                error -> GroupDescription.refused(group, error),
                () -> shard.group(group).map(known -> done(known.describe())).orElseGet(() -> those.exists(group)
                        .thenApply(exists ->
                                GroupDescription.withoutMembers(group, exists ? "Empty" : GroupState.Dead.LABEL))));
    }

    /** The groups of this broker's shards: those with members, and those with offsets. Fails if ZooKeeper is out of reach. */
    public CompletableFuture<List<ListedGroup>> list() {
        Map<String, ListedGroup> found = new TreeMap<>();
        CompletableFuture<Void> all =
                stored().thenAccept(stored -> stored.forEach(id -> found.put(id, new ListedGroup(id, "", "Empty"))));
        for (Shard shard : shards) {
            CompletableFuture<List<ListedGroup>> known = shard.call(
                    error -> List.of(),
                    () -> done(shard.groups().stream()
                            .map(group -> new ListedGroup(group.id(), group.protocolType(), group.state()))
                            .toList()));
            all = all.thenCombine(known, (done, groups) -> {
                groups.forEach(group -> found.put(group.id(), group));
                return null;
            });
        }
        return all.thenApply(done -> List.copyOf(found.values()));
    }

    /** Ids of the groups of this broker's shards that have offsets. */
    private CompletableFuture<List<String>> stored() {
        Coordination coordination = environment.coordination();
        return coordination.children(Paths.CONSUMERS).thenCompose(names -> {
            List<String> ids = names.stream()
                    .flatMap(name -> Paths.name(name).stream())
                    .filter(id -> shards.get(shardOf(id)).version() >= 0)
                    .toList();
            List<CompletableFuture<Boolean>> stored = ids.stream()
                    .map(id -> coordination.read(Paths.offsets(id)).thenApply(Optional::isPresent))
                    .toList();
            return CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
                    .thenApply(done -> IntStream.range(0, ids.size())
                            .filter(i -> stored.get(i).join())
                            .mapToObj(ids::get)
                            .toList());
        });
    }

    private void sweepLater() {
        loop.schedule(
                () -> {
                    CompletableFuture<?> unused = sweep().whenComplete((done, failure) -> {
                        if (failure != null) {
                            log.warn("Looking for offsets to delete broke off: {}", failure.getMessage());
                        }
                        sweepLater();
                    });
                },
                environment.offsets().checkMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Removes offsets that nobody will ask for, one group after the other: there is no hurry. */
    CompletableFuture<Void> sweep() {
        return environment.reservations().fresh().thenComposeAsync(done -> sweepKnowing(), loop);
    }

    private CompletableFuture<Void> sweepKnowing() {
        Set<String> unreadable = environment.reservations().unreadable();
        if (!unreadable.isEmpty()) {
            log.warn("No offsets are deleted while it is not known whose groups holds {} count on", unreadable);
            return done(null);
        }
        return list().thenComposeAsync(
                        groups -> {
                            CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
                            for (ListedGroup group : groups) {
                                String id = group.id();
                                int shard = shardOf(id);
                                all = all.thenComposeAsync(
                                        done -> shards.get(shard).call(error -> null, () -> sweeps.get(shard)
                                                .sweep(id)),
                                        loop);
                            }
                            return all;
                        },
                        loop);
    }

    private static <T> CompletableFuture<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** Ends the watches. Who waits for an answer gets one, and goes on with another broker or with the next start of this. */
    @Override
    public void close() {
        keeper.close();
        environment.reservations().close();
        shards.forEach(shard -> shard.post(shard::abandon));
    }
}
