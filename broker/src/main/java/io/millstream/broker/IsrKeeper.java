package io.millstream.broker;

import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.IsrChange;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.PartitionListener;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.coordination.Write;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ISRs of the partitions that this broker leads: looks at all of them now and then, and at one when it
 * is said to be due. What is to change is written by compare-and-set on the very version of the state that the
 * broker leads by; until the outcome is known, the high watermark waits for the members of either. Where the write is refused,
 * or its outcome is unknown, the state is read again, and the partition goes on by what stands there or resigns.
 *
 * <p>Lives on a loop of its own and never blocks it. Few writes are under way at a time, whatever is due.
 */
final class IsrKeeper implements PartitionListener {

    private static final Logger log = LoggerFactory.getLogger(IsrKeeper.class);

    /** Writes under way at most: with a session's pipeline full, leases would be renewed late. */
    private static final int MOST_WRITES = 32;

    private static final long RETRY_MILLIS = 200;
    private static final long LEAST_INTERVAL_MILLIS = 50;

    private final int broker;
    private final LiveConfig config;
    private final Partitions partitions;
    private final Coordination coordination;
    private final Supplier<ClusterState> cluster;
    private final Clock clock;
    private final Loop loop;
    private final long lagNanos;

    // On the loop.
    private final Set<TopicPartition> underWay = new HashSet<>();
    private final Queue<TopicPartition> due = new ArrayDeque<>();
    private final Set<TopicPartition> queued = new HashSet<>();

    /** Those that wait to be looked at on the loop; from any thread. */
    private final Set<TopicPartition> hints = java.util.concurrent.ConcurrentHashMap.newKeySet();

    /**
     * Where ISRs are kept.
     *
     * @param cluster the state as last read
     * @param clock which time
     * @param loop where it is decided what to do
     */
    record Stage(Supplier<ClusterState> cluster, Clock clock, Loop loop) {}

    IsrKeeper(LiveConfig config, Partitions partitions, Coordination coordination, Stage stage) {
        this.broker = config.file().get(BrokerSettings.BROKER_ID);
        this.config = config;
        this.partitions = partitions;
        this.coordination = coordination;
        this.cluster = stage.cluster();
        this.clock = stage.clock();
        this.loop = stage.loop();
        this.lagNanos = TimeUnit.MILLISECONDS.toNanos(config.file().get(BrokerSettings.REPLICA_LAG_TIME_MAX_MS));
    }

    /** Looks after the partitions from now on. */
    void start() {
        partitions.listen(this);
        tick();
    }

    private void tick() {
        long interval = Math.max(LEAST_INTERVAL_MILLIS, TimeUnit.NANOSECONDS.toMillis(lagNanos) / 2);
        loop.schedule(
                () -> {
                    tick(); // first: whatever goes wrong now, the next time comes
                    partitions.all().forEach(partition -> enqueue(partition.id()));
                    lookAtDue();
                },
                interval,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void isrDue(Partition partition) {
        if (hints.add(partition.id())) {
            post(() -> {
                hints.remove(partition.id());
                enqueue(partition.id());
                lookAtDue();
            });
        }
    }

    private void post(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: its ISRs are left as they are", closed);
        }
    }

    private void enqueue(TopicPartition id) {
        if (queued.add(id)) {
            due.add(id);
        }
    }

    private void lookAtDue() {
        while (underWay.size() < MOST_WRITES && !due.isEmpty()) {
            TopicPartition id = due.remove();
            queued.remove(id);
            if (!underWay.contains(id)) {
                partitions.find(id).ifPresent(this::look);
            }
        }
    }

    private void look(Partition partition) {
        ClusterState now = cluster.get();
        TopicPartition id = partition.id();
        if (!(partition.role() instanceof Role.Leader leader)
                || !now.has(id.topic(), partition.log().topicId())) {
            return;
        }
        ClusterState.Topic topic = now.topics().get(id.topic());
        Versioned<PartitionState> stored = topic.states().get(id.partition());
        if (stored == null
                || stored.version() != leader.version()
                || stored.value().leaderEpoch() != leader.epoch()) {
            if (leader.isr().waitsForEligible()) { // nothing is committed meanwhile, and nobody says it again
                loop.schedule(() -> isrDue(partition), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
            return; // one of the two is about to learn what the other knows
        }
        IsrChange change = new IsrChange(
                stored.value(),
                topic.replicas(id.partition()),
                leader.isr().minInSync(),
                partition.standings(clock.nanos(), lagNanos),
                peers(now, id));
        change.next().ifPresent(next -> write(partition, stored, next));
    }

    private static Map<Integer, IsrChange.Peer> peers(ClusterState cluster, TopicPartition id) {
        Map<Integer, IsrChange.Peer> peers = new HashMap<>();
        cluster.brokers()
                .forEach((broker, its) -> peers.put(
                        broker,
                        new IsrChange.Peer(
                                its.value().incarnation(id, its.createdZxid()),
                                its.value().voidBefore(id, its.createdZxid()),
                                !its.value().draining() && !its.value().isOffline(id))));
        return peers;
    }

    private void write(Partition partition, Versioned<PartitionState> stored, PartitionState next) {
        TopicPartition id = partition.id();
        int epoch = next.leaderEpoch();
        if (!partition.propose(epoch, stored.version(), Set.copyOf(next.isr()))) {
            return;
        }
        underWay.add(id);
        log.info("ISR of {} in epoch {}: {} -> {}", id, epoch, stored.value().isr(), next.isr());
        Write write = new Write.Update(Paths.partitionState(id), Document.write(next), stored.version());
        CompletableFuture<?> unused = coordination
                .commit(write)
                .whenComplete((version, failure) -> post(() -> {
                    if (failure == null) {
                        partition.settle(epoch, version, isr(partition, next));
                        done(id);
                    } else {
                        log.info("ISR of {} not written, or not known to be: {}", id, failure.getMessage());
                        readAgain(partition, epoch, stored.version());
                    }
                }));
    }

    private void done(TopicPartition id) {
        underWay.remove(id);
        lookAtDue();
    }

    private Isr isr(Partition partition, PartitionState state) {
        return Isr.of(state, minInSync(partition));
    }

    private int minInSync(Partition partition) {
        return partition.role() instanceof Role.Leader leader
                ? leader.isr().minInSync()
                : TopicConfig.of(Map.of(), config.current()).get(TopicConfig.MIN_INSYNC_REPLICAS);
    }

    /** What stands there decides, as soon as it can be read. */
    private void readAgain(Partition partition, int epoch, int version) {
        String path = Paths.partitionState(partition.id());
        CompletableFuture<?> unused = coordination
                .sync()
                .thenCompose(done -> coordination.read(path))
                .thenApply(read -> read.map(raw -> raw.with(Document.read(raw.value(), PartitionState.class, path))))
                .whenComplete((read, failure) -> post(() -> {
                    if (failure == null) {
                        adopt(partition, epoch, version, read);
                        done(partition.id());
                    } else if (partition.role() instanceof Role.Leader leader && leader.epoch() == epoch) {
                        loop.schedule(() -> readAgain(partition, epoch, version), RETRY_MILLIS, TimeUnit.MILLISECONDS);
                    } else {
                        done(partition.id());
                    }
                }));
    }

    private void adopt(Partition partition, int epoch, int version, Optional<Versioned<PartitionState>> read) {
        if (read.isEmpty()
                || read.get().value().leaderEpoch() != epoch
                || read.get().value().leader() != broker) {
            log.info("{} is not led here any more", partition.id());
            partition.resign(epoch);
        } else if (read.get().version() == version) {
            partition.withdraw(epoch, version);
        } else {
            partition.settle(
                    epoch, read.get().version(), isr(partition, read.get().value()));
        }
    }
}
