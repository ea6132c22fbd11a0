package io.millstream.broker;

import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.Trust;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.Role;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition at a time: opens or makes its log, and lets it lead or stop. Works on the disk, so on workers; different
 * partitions side by side.
 */
final class PartitionRoles {

    private static final Logger log = LoggerFactory.getLogger(PartitionRoles.class);

    private static final Role IDLE = new Role.Offline(ErrorCode.NOT_LEADER_OR_FOLLOWER);

    private final int broker;
    private final LogDirectories logs;
    private final Partitions partitions;
    private final BooleanSupplier lease;
    private final Repairs repairs;
    private final Set<UUID> reported = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean worthAnotherTry = new AtomicBoolean();

    PartitionRoles(int broker, LogDirectories logs, Partitions partitions, BooleanSupplier lease, Repairs repairs) {
        this.broker = broker;
        this.logs = logs;
        this.partitions = partitions;
        this.lease = lease;
        this.repairs = repairs;
    }

    /**
     * What a partition should be.
     *
     * @param topicId of its topic
     * @param settings of its topic
     * @param origin whether this broker may have had a log of it before it was started
     * @param role to play
     */
    record Target(TopicPartition id, UUID topicId, LogConfig settings, Origin origin, Role role) {

        /** @param tenant this broker, if it is registered */
        static Target of(TopicPartition id, ClusterState.Topic topic, TopicConfig settings, Optional<Tenant> tenant) {
            Versioned<PartitionState> versioned = topic.states().get(id.partition());
            // More than there are cannot be in sync: such a topic would take nothing for ever.
            int minInSync = Math.min(settings.get(TopicConfig.MIN_INSYNC_REPLICAS), topic.settled(id.partition()));
            Origin origin = tenant.filter(own -> versioned.createdZxid() > own.registration())
                    .map(own -> Origin.NEW)
                    .orElse(Origin.MAYBE_OLD);
            Role role = tenant.map(own -> role(id, versioned, minInSync, own)).orElse(IDLE);
            return new Target(id, topic.id(), LogConfigs.of(settings), origin, role);
        }

        private static Role role(TopicPartition id, Versioned<PartitionState> versioned, int minInSync, Tenant own) {
            PartitionState state = versioned.value();
            if (own.broker() != state.leader()) {
                return new Role.Follower(state.leaderEpoch(), state.leader());
            }
            // Elected under an earlier registration, or for what its log was, this broker waits for its next term.
            return own.registration() == state.leaderRegistration()
                            && Trust.mayLead(state, own.losses().renewed(id))
                    ? new Role.Leader(state.leaderEpoch(), versioned.version(), Isr.of(state, minInSync))
                    : IDLE;
        }

        /** Whether {@code now} is this role, or what became of it since this was read. */
        private boolean isPlayedBy(Role now) {
            if (now.epoch() > role.epoch()) {
                return true; // what was read since is newer
            }
            if (now instanceof Role.Leader its && role instanceof Role.Leader wanted && its.epoch() == wanted.epoch()) {
                return its.version() > wanted.version()
                        || (its.version() == wanted.version()
                                && its.isr().minInSync() == wanted.isr().minInSync());
            }
            return now.equals(role);
        }
    }

    /** Whether a log that is found nowhere has never been. */
    enum Origin {
        /** The partition was made after this broker had opened all logs: there was none. */
        NEW,
        /** The partition was there before: its log may be on a disk that has failed. */
        MAYBE_OLD
    }

    /**
     * This broker as it is registered now.
     *
     * @param losses what it knows to have lost, whether that is registered yet or not
     */
    record Tenant(int broker, long registration, LossRecord losses) {}

    /** Whether there is nothing to do. */
    boolean isReached(Target target) {
        Optional<Partition> known = partitions.find(target.id());
        if (known.isPresent()
                && (repairs.isAside(target.id())
                        || logs.failure(known.get().log()).isPresent())) {
            return partitions.isOffline(target.id());
        }
        return known.filter(partition -> target.isPlayedBy(partition.role()))
                .filter(partition -> partition.log().config().equals(target.settings()))
                .isPresent();
    }

    /** Does what is to be done. A disk that fails, or is full, takes the partition offline; another try may follow. */
    void reach(Target target) {
        try {
            open(target).ifPresent(partition -> {
                if (!partition.log().config().equals(target.settings())) {
                    partition.log().configure(target.settings());
                }
                if (!target.isPlayedBy(partition.role())) {
                    play(partition, target.role());
                }
            });
        } catch (StorageException e) {
            log.error("Partition {} of broker {} is offline: {}", target.id(), broker, e.getMessage());
            if (mayPass(e.kind())) {
                worthAnotherTry.set(true);
            }
            partitions.find(target.id()).ifPresent(partition -> stop(partition, ErrorCode.KAFKA_STORAGE_ERROR));
        }
    }

    private static void play(Partition partition, Role role) {
        if (role instanceof Role.Leader leader) {
            partition.lead(leader.epoch(), leader.version(), leader.isr());
        } else if (role instanceof Role.Follower follower) {
            partition.follow(follower.epoch(), follower.leader());
        } else {
            stop(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
    }

    private static boolean mayPass(StorageException.Kind kind) {
        return kind.mayPass() || kind == StorageException.Kind.EXISTS || kind == StorageException.Kind.NOT_FOUND;
    }

    /** Whether something failed since the last call for a reason that may pass by itself. */
    boolean takeWorthAnotherTry() {
        return worthAnotherTry.getAndSet(false);
    }

    private Optional<Partition> open(Target target) {
        TopicPartition id = target.id();
        Optional<Partition> known = partitions.find(id);
        if (known.isPresent()) {
            failIfOffline(known.get());
            return known.filter(partition -> logs.failure(partition.log()).isEmpty() && !repairs.isAside(id));
        }
        Optional<PartitionLog> found =
                logs.log(id, target.topicId()).or(() -> logs.log(id)).or(() -> reopened(target));
        if (found.isPresent() && !found.get().topicId().equals(target.topicId())) {
            report(found.get(), "is of an earlier topic of that name; move it away to let this broker play its part");
            return Optional.empty();
        }
        if (found.isEmpty() && isLost(target)) {
            partitions.lose(id);
            return Optional.empty();
        }
        PartitionLog opened = found.orElseGet(() -> logs.create(id, target.topicId(), target.settings()));
        Partition partition = new Partition(opened, broker, lease);
        logs.highWatermark(opened).ifPresent(partition::remember);
        partitions.add(partition);
        return Optional.of(partition);
    }

    /** A log that could not be opened when the broker started, because the disk was full, say, and now can be. */
    private Optional<PartitionLog> reopened(Target target) {
        try {
            Optional<PartitionLog> opened = logs.reopen(target.id(), target.settings());
            opened.ifPresent(each -> log.info("The log of {} could be opened at last", each.partition()));
            return opened;
        } catch (StorageException e) {
            log.debug("{} cannot be opened still: {}", target.id(), e.getMessage());
            if (mayPass(e.kind())) {
                worthAnotherTry.set(true);
            }
            return Optional.empty();
        }
    }

    /** Whether a log is not there that may not be replaced by an empty one: that would lose what is on the failed disk. */
    private boolean isLost(Target target) {
        if (logs.failures().containsKey(target.id())) {
            return true; // reported when it failed to open
        }
        if (target.origin() == Origin.NEW || repairs.isBegunAnew(target.id()) || !logs.anyOffline()) {
            return false;
        }
        if (reported.add(target.topicId())) {
            log.error(
                    "Topic {} (topic id {}): a log of it is in no data directory that works, so it may be in one that"
                            + " does not; it is offline, and no empty log is made in its place",
                    target.id().topic(),
                    target.topicId());
        }
        return true;
    }

    /** Stops a partition whose disk has failed, or whose log is damaged while another broker can serve it. */
    void failIfOffline(Partition partition) {
        if (logs.failure(partition.log()).isPresent() || repairs.isAside(partition.id())) {
            stop(partition, ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** Leads no more, unless it does not already. */
    static void stop(Partition partition, ErrorCode why) {
        if (!partition.role().equals(new Role.Offline(why))) {
            partition.stop(why);
        }
    }

    /** Data of a topic that nobody knows is never deleted: it may be that ZooKeeper's data was lost, or is another's. */
    void reportStrangers(ClusterState cluster) {
        for (PartitionLog each : logs.logs()) {
            TopicName name = each.partition().topic();
            boolean deleted = cluster.deletions().containsKey(name)
                    && cluster.deletions().get(name).value().pending().containsKey(each.topicId());
            if (!cluster.has(name, each.topicId()) && !deleted) {
                report(each, "is of a topic that ZooKeeper does not know; it is left alone");
            }
        }
    }

    private void report(PartitionLog stranger, String what) {
        if (reported.add(stranger.topicId())) {
            log.warn("The log of {} (topic id {}) {}", stranger.partition(), stranger.topicId(), what);
        }
    }
}
