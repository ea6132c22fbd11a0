package io.millstream.broker;

import io.millstream.broker.PartitionRoles.Target;
import io.millstream.broker.PartitionRoles.Tenant;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.LiveConfig;
import io.millstream.broker.config.TopicConfig;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.controller.ClusterView;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Lease;
import io.millstream.coordination.Versioned;
import io.millstream.core.Clock;
import io.millstream.core.Loop;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays this broker's part in the cluster: opens, leads, stops and deletes partitions until they are as a state says, and
 * only then publishes that state. The partitions themselves remember what was done, so what failed is tried again: with
 * the next state, or after a while if it may have passed by then.
 *
 * <p>Lives on a loop of its own and leaves what blocks to workers. Only the newest state counts; those that came while it
 * was busy are skipped.
 */
final class Roles {

    private static final Logger log = LoggerFactory.getLogger(Roles.class);

    private static final long RETRY_MILLIS = 5_000;

    private final int broker;
    private final LiveConfig config;
    private final Partitions partitions;
    private final Coordination coordination;
    private final PartitionRoles parts;
    private final Deletions deletions;
    private final Departures departures;
    private final Repairs repairs;
    private final Stage stage;

    private ClusterState newest;
    private ClusterState played;
    private boolean busy;
    private boolean retrying;
    private boolean started; // whether a state was played, so that it is known of all partitions if they are offline
    private volatile Optional<Lease> lease = Optional.empty();

    /**
     * Where roles are played.
     *
     * @param view whom to tell
     * @param registration changes what this broker registers
     * @param losses what it knows to have lost
     * @param clock which time
     * @param loop where it is decided what to do
     * @param workers where it is done
     */
    record Stage(
            ClusterView view,
            Consumer<UnaryOperator<BrokerRegistration>> registration,
            Losses losses,
            Clock clock,
            Loop loop,
            Workers workers) {}

    Roles(LiveConfig config, LogDirectories logs, Partitions partitions, Coordination coordination, Stage stage) {
        this.broker = config.file().get(BrokerSettings.BROKER_ID);
        this.config = config;
        this.partitions = partitions;
        this.coordination = coordination;
        this.stage = stage;
        this.repairs = new Repairs(broker, logs, partitions, coordination, stage.losses(), this::reportLosses);
        this.parts = new PartitionRoles(broker, logs, partitions, this::leaseHolds, repairs);
        this.deletions = new Deletions(broker, logs, partitions, coordination);
        this.departures = new Departures(broker, logs, partitions, coordination);
    }

    /** Plays as {@code next} says, soon. From any thread. */
    void follow(ClusterState next) {
        try {
            stage.loop().execute(() -> {
                newest = next;
                play();
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: a state was not followed", closed);
        }
    }

    /** Stops what a failed disk has taken along, soon. From any thread, also from one that holds a log's lock. */
    void diskFailed() {
        try {
            stage.loop().execute(() -> {
                partitions.all().forEach(parts::failIfOffline);
                if (started) {
                    reportOffline();
                }
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: a failed disk does not matter any more", closed);
        }
    }

    /** Looks anew at what to do where logs have turned out to be damaged, soon. From any thread. */
    void damaged() {
        try {
            stage.loop().execute(() -> {
                newest = newest == null ? played : newest;
                play();
            });
        } catch (RejectedExecutionException closed) {
            log.debug("The broker is stopping: a damaged log does not matter any more", closed);
        }
    }

    private void play() {
        if (busy || newest == null) {
            return;
        }
        busy = true;
        ClusterState cluster = newest;
        newest = null;
        played = cluster;
        try {
            play(cluster);
        } catch (RuntimeException e) { // or no state would ever be played again
            finish(cluster, e);
        }
    }

    private void play(ClusterState cluster) {
        config.update(
                cluster.overrides().config(OptionalInt.of(broker)),
                cluster.overrides().config(OptionalInt.empty()));
        Optional<Tenant> tenant = renewLease(cluster);
        leaveWhatIsGone(cluster);
        CompletableFuture<?> unused = deletions
                .due(cluster)
                .thenCompose(stage.workers()::all)
                .thenComposeAsync(deleted -> departures.due(cluster), stage.loop())
                .thenCompose(stage.workers()::all)
                .thenComposeAsync(
                        gone -> {
                            deletions.report(cluster);
                            return repairs.due(cluster);
                        },
                        stage.loop())
                .thenCompose(stage.workers()::all)
                .thenComposeAsync(repaired -> stage.workers().all(changes(cluster, tenant)), stage.loop())
                .whenCompleteAsync((changed, failure) -> finish(cluster, failure), stage.loop());
    }

    private void finish(ClusterState cluster, Throwable playing) {
        Throwable failure = playing;
        if (failure == null) {
            try {
                parts.reportStrangers(cluster);
                started = true;
                reportOffline();
                stage.view().publish(cluster);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            log.error("Roles could not be taken; tried again soon", failure);
        }
        boolean openAgain = parts.takeWorthAnotherTry();
        boolean repairAgain = repairs.takeWorthAnotherTry();
        if (openAgain || repairAgain || failure != null) {
            retryLater();
        }
        busy = false;
        play();
    }

    private void reportOffline() {
        Set<TopicPartition> offline = new HashSet<>(partitions.lost());
        partitions.all().stream()
                .map(Partition::id)
                .filter(partitions::isOffline)
                .forEach(offline::add);
        stage.registration().accept(before -> before.offline(offline));
    }

    private void reportLosses() {
        LossRecord losses = stage.losses().current();
        stage.registration().accept(before -> before.renewed(losses.renewed()));
    }

    /** What may pass by itself, such as a full disk, need not change anything in ZooKeeper when it does. */
    private void retryLater() {
        if (!retrying) {
            retrying = true;
            stage.loop().schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void retry() {
        retrying = false;
        newest = newest == null ? played : newest;
        play();
    }

    /** What was led in another session is led no more before the lease of this session holds. */
    private Optional<Tenant> renewLease(ClusterState cluster) {
        Lease current = Lease.ofCurrentSession(coordination, stage.clock());
        Versioned<BrokerRegistration> own = cluster.brokers().get(broker);
        boolean registered = own != null && own.ephemeralOwner() == current.sessionId();
        boolean sameSession = lease.map(Lease::sessionId)
                .filter(session -> session == current.sessionId())
                .isPresent();
        if (!registered || !sameSession) {
            partitions.all().forEach(partition -> PartitionRoles.stop(partition, ErrorCode.NOT_LEADER_OR_FOLLOWER));
            lease = registered ? Optional.of(current) : Optional.empty();
        }
        return registered
                ? Optional.of(
                        new Tenant(broker, own.createdZxid(), stage.losses().current()))
                : Optional.empty();
    }

    private boolean leaseHolds() {
        Optional<Lease> held = lease;
        return held.isPresent() && held.get().holds();
    }

    private void leaveWhatIsGone(ClusterState cluster) {
        for (Partition partition : partitions.all()) {
            if (!cluster.has(partition.id().topic(), partition.log().topicId())) {
                PartitionRoles.stop(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                partitions.remove(partition.id());
            }
        }
        for (TopicPartition lost : partitions.lost()) {
            if (cluster.state(lost).isEmpty()) {
                partitions.remove(lost);
            }
        }
    }

    private List<Runnable> changes(ClusterState cluster, Optional<Tenant> tenant) {
        List<Runnable> changes = new ArrayList<>();
        cluster.topics().forEach((name, topic) -> {
            TopicConfig settings = settings(cluster, name);
            topic.states().forEach((number, state) -> {
                if (topic.replicas(number).contains(broker)) {
                    TopicPartition id = new TopicPartition(name, number);
                    Target target = Target.of(id, topic, settings, tenant);
                    if (!parts.isReached(target)) {
                        changes.add(() -> parts.reach(target));
                    }
                }
            });
        });
        return changes;
    }

    private TopicConfig settings(ClusterState cluster, TopicName name) {
        return TopicConfig.stored(
                cluster.config(name),
                config.current(),
                objection -> log.warn("Topic {}: {}", name, objection.getMessage()));
    }
}
