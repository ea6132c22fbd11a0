package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Lease;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays this broker's part in the cluster: opens, leads, stops and deletes partitions until they are as a state says, and
 * only then publishes that state. The partitions themselves remember what was done, so what failed is tried again with the
 * next state.
 *
 * <p>Lives on a loop of its own, which it blocks: it works on the disk. Only the newest state counts; those that came
 * while it worked are skipped.
 */
final class Roles {

    private static final Logger log = LoggerFactory.getLogger(Roles.class);

    private final int broker;
    private final BrokerConfig config;
    private final LogDirectories logs;
    private final Partitions partitions;
    private final Coordination coordination;
    private final Deletions deletions;
    private final ClusterView view;
    private final Clock clock;
    private final Loop loop;
    private final Set<UUID> reported = new HashSet<>();
    private final AtomicReference<ClusterState> newest = new AtomicReference<>();

    private volatile Optional<Lease> lease = Optional.empty();

    /** Where roles are played: whom to tell, which time, and a thread that may be blocked. */
    record Stage(ClusterView view, Clock clock, Loop loop) {}

    Roles(BrokerConfig config, LogDirectories logs, Partitions partitions, Coordination coordination, Stage stage) {
        this.broker = config.get(BrokerSettings.BROKER_ID);
        this.config = config;
        this.logs = logs;
        this.partitions = partitions;
        this.coordination = coordination;
        this.view = stage.view();
        this.clock = stage.clock();
        this.loop = stage.loop();
        this.deletions = new Deletions(broker, logs, partitions, coordination);
    }

    /** Plays as {@code next} says, soon. From any thread. */
    void follow(ClusterState next) {
        if (newest.getAndSet(next) == null) {
            try {
                loop.execute(this::play);
            } catch (RejectedExecutionException closed) {
                log.debug("The broker is stopping: a state was not followed", closed);
            }
        }
    }

    private void play() {
        ClusterState cluster = newest.getAndSet(null);
        Optional<Long> registration = renewLease(cluster);
        deletions.perform(cluster);
        leaveWhatIsGone(cluster);
        cluster.topics().forEach((name, topic) -> play(cluster, name, topic, registration));
        reportStrangers(cluster);
        view.publish(cluster);
    }

    /** What was led in another session is led no more before the lease of this session holds. */
    private Optional<Long> renewLease(ClusterState cluster) {
        Lease current = Lease.ofCurrentSession(coordination, clock);
        Versioned<BrokerRegistration> own = cluster.brokers().get(broker);
        boolean registered = own != null && own.ephemeralOwner() == current.sessionId();
        boolean sameSession = lease.map(Lease::sessionId)
                .filter(session -> session == current.sessionId())
                .isPresent();
        if (!registered || !sameSession) {
            partitions.all().forEach(partition -> stop(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER));
            lease = registered ? Optional.of(current) : Optional.empty();
        }
        return registered ? Optional.of(own.createdZxid()) : Optional.empty();
    }

    private boolean leaseHolds() {
        Optional<Lease> held = lease;
        return held.isPresent() && held.get().holds();
    }

    private void leaveWhatIsGone(ClusterState cluster) {
        for (Partition partition : partitions.all()) {
            if (!cluster.has(partition.id().topic(), partition.log().topicId())) {
                stop(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                partitions.remove(partition.id());
            }
        }
    }

    private void play(ClusterState cluster, TopicName name, ClusterState.Topic topic, Optional<Long> registration) {
        TopicConfig settings = TopicConfig.stored(
                cluster.config(name), config, objection -> log.warn("Topic {}: {}", name, objection.getMessage()));
        topic.states().forEach((number, state) -> {
            if (topic.replicas(number).contains(broker)) {
                TopicPartition id = new TopicPartition(name, number);
                try {
                    open(id, topic.id(), settings)
                            .ifPresent(partition -> play(partition, state.value(), settings, registration));
                } catch (StorageException e) {
                    log.error("Partition {} is offline: {}", id, e.getMessage());
                    partitions.find(id).ifPresent(partition -> stop(partition, ErrorCode.KAFKA_STORAGE_ERROR));
                }
            }
        });
    }

    private Optional<Partition> open(TopicPartition id, UUID topicId, TopicConfig settings) {
        Optional<Partition> known = partitions.find(id);
        if (known.isPresent()) {
            return known;
        }
        Optional<PartitionLog> found = logs.log(id);
        if (found.isPresent() && !found.get().topicId().equals(topicId)) {
            report(
                    found.get(),
                    "belongs to an earlier topic of that name; move it away to let this broker play its part");
            return Optional.empty();
        }
        if (logs.failures().containsKey(id)) {
            return Optional.empty(); // reported when it failed to open
        }
        PartitionLog log = found.orElseGet(() -> logs.create(id, topicId, LogConfigs.of(settings)));
        Partition partition = new Partition(log, broker, this::leaseHolds);
        partitions.add(partition);
        return Optional.of(partition);
    }

    private void play(Partition partition, PartitionState state, TopicConfig settings, Optional<Long> registration) {
        LogConfig wanted = LogConfigs.of(settings);
        if (!partition.log().config().equals(wanted)) {
            partition.log().configure(wanted);
        }
        // Elected under an earlier registration, this broker waits for the term that its new one begins with.
        boolean leads = state.leader() == broker
                && registration.filter(own -> own == state.leaderRegistration()).isPresent();
        if (!leads) {
            stop(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER);
            return;
        }
        Role role = new Role.Leader(
                state.leaderEpoch(), new Isr(Set.copyOf(state.isr()), settings.get(TopicConfig.MIN_INSYNC_REPLICAS)));
        if (!partition.role().equals(role)) {
            partition.lead(state.leaderEpoch(), ((Role.Leader) role).isr());
        }
    }

    private static void stop(Partition partition, ErrorCode why) {
        if (!partition.role().equals(new Role.Offline(why))) {
            partition.stop(why);
        }
    }

    /** Data of a topic that nobody knows is never deleted: it may be that ZooKeeper's data was lost, or is another's. */
    private void reportStrangers(ClusterState cluster) {
        for (PartitionLog each : logs.logs()) {
            TopicName name = each.partition().topic();
            boolean deleted = cluster.deletions().containsKey(name)
                    && cluster.deletions().get(name).value().pending().containsKey(each.topicId());
            if (!cluster.has(name, each.topicId()) && !deleted) {
                report(each, "belongs to a topic that ZooKeeper does not know; it is left alone");
            }
        }
    }

    private void report(PartitionLog stranger, String what) {
        if (reported.add(stranger.topicId())) {
            log.warn("The log of {} (topic id {}) {}", stranger.partition(), stranger.topicId(), what);
        }
    }
}
