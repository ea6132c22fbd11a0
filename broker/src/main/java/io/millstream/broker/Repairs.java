package io.millstream.broker;

import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.StorageException;
import io.millstream.broker.log.StorageException.Kind;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Coordination;
import io.millstream.coordination.Document;
import io.millstream.coordination.PartitionState;
import io.millstream.coordination.Paths;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas whose log is damaged. One that leads stands aside for another that can; once another leads, it is begun anew from
 * what that one has, and its files are kept. The only copy is never touched: what to do with it a person decides.
 *
 * <p>Nothing that was said of a replica may be believed once it is begun anew. So, first, each step of it as read back from
 * ZooKeeper: it is registered as offline; its new incarnation, to which all that was said before is void, is written to disk
 * and registered; and its partition's state, read again, says that another leads. Only then is the log set aside.
 *
 * <p>Confined to the thread of {@link Roles}, but for its tasks.
 */
final class Repairs {

    private static final Logger log = LoggerFactory.getLogger(Repairs.class);

    private final int broker;
    private final LogDirectories logs;
    private final Partitions partitions;
    private final Coordination coordination;
    private final Losses losses;
    private final Runnable renewed;

    private final Set<TopicPartition> aside = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Long> givenUp = new ConcurrentHashMap<>(); // to the incarnation that comes next
    private final Set<TopicPartition> begunAnew = ConcurrentHashMap.newKeySet();
    private final Map<TopicPartition, Repair> told = new HashMap<>();
    private final AtomicBoolean worthAnotherTry = new AtomicBoolean();

    /** Parts of a broker, and {@code renewed}, called when {@link Losses} name another incarnation, to be registered. */
    Repairs(
            int broker,
            LogDirectories logs,
            Partitions partitions,
            Coordination coordination,
            Losses losses,
            Runnable renewed) {
        this.broker = broker;
        this.logs = logs;
        this.partitions = partitions;
        this.coordination = coordination;
        this.losses = losses;
        this.renewed = renewed;
    }

    /** Whether a partition that is open must not be served, because another broker can. */
    boolean isAside(TopicPartition id) {
        return aside.contains(id);
    }

    /** Whether there was a log of the partition that was set aside, so that there is none now. */
    boolean isBegunAnew(TopicPartition id) {
        return begunAnew.contains(id);
    }

    /** Whether something failed since the last call for a reason that may pass by itself. */
    boolean takeWorthAnotherTry() {
        return worthAnotherTry.getAndSet(false);
    }

    /** What is to be done now, for workers. Fails if ZooKeeper cannot be asked. */
    CompletableFuture<List<Runnable>> due(ClusterState cluster) {
        Map<TopicPartition, StorageException> damaged = damaged(cluster);
        aside.retainAll(damaged.keySet());
        told.keySet().retainAll(damaged.keySet());
        givenUp.keySet().retainAll(damaged.keySet());
        List<Runnable> tasks = new ArrayList<>();
        Map<TopicPartition, StorageException> ready = new HashMap<>();
        damaged.forEach((id, what) -> {
            Repair repair = Repair.of(broker, id, cluster.state(id).orElseThrow(), cluster.brokers());
            tell(id, what, repair);
            if (repair != Repair.GIVE_UP) {
                givenUp.remove(
                        id); // it may be in sync again before it is given up another time: with another incarnation
            }
            if (repair == Repair.KEEP) {
                aside.remove(id);
                return;
            }
            aside.add(id);
            Versioned<BrokerRegistration> own = cluster.brokers().get(broker);
            if (repair == Repair.GIVE_UP && own != null && own.value().isOffline(id)) {
                if (!givenUp.containsKey(id)) {
                    long next = own.createdZxid() + own.version();
                    tasks.add(() -> giveUp(id, next));
                } else if (own.value().renewed(id) == givenUp.get(id)) {
                    ready.put(id, what);
                }
            }
        });
        return ready.isEmpty()
                ? CompletableFuture.completedFuture(tasks)
                : coordination.sync().thenCompose(done -> confirmed(cluster, ready, tasks));
    }

    /** Of the topics that there are, as far as this broker has a part in them; and what is wrong with each. */
    private Map<TopicPartition, StorageException> damaged(ClusterState cluster) {
        Map<TopicPartition, StorageException> damaged = new HashMap<>();
        for (Partition partition : partitions.all()) {
            partition
                    .damage()
                    .filter(what -> isOurs(cluster, partition.id()))
                    .ifPresent(what -> damaged.put(partition.id(), what));
        }
        logs.failures().forEach((id, what) -> {
            if (what.kind() == Kind.DAMAGED
                    && isOurs(cluster, id)
                    && logs.topicOfFailed(id)
                            .map(topicId -> cluster.has(id.topic(), topicId))
                            .orElse(true)) {
                damaged.put(id, what);
            }
        });
        return damaged;
    }

    private boolean isOurs(ClusterState cluster, TopicPartition id) {
        return cluster.state(id).isPresent()
                && cluster.topics().get(id.topic()).replicas(id.partition()).contains(broker);
    }

    private void tell(TopicPartition id, StorageException what, Repair repair) {
        if (repair != told.put(id, repair)) {
            switch (repair) {
                case KEEP ->
                    log.error(
                            "Partition {} of broker {} is damaged ({}), and no other replica has all of it: it stays as it"
                                    + " is, what cannot be read is answered by KAFKA_STORAGE_ERROR. Restore its directory"
                                    + " from a copy; or go on without what is lost: elect another leader uncleanly, or"
                                    + " move the directory away, and start the broker",
                            id,
                            broker,
                            what.getMessage());
                case STAND_ASIDE ->
                    log.info(
                            "Partition {} of broker {} is damaged ({}): another replica is to lead",
                            id,
                            broker,
                            what.getMessage());
                case GIVE_UP ->
                    log.info(
                            "Partition {} of broker {} is damaged ({}): it will be set aside, and copied again from its"
                                    + " leader",
                            id,
                            broker,
                            what.getMessage());
            }
        }
    }

    /**
     * From here on nothing counts that was said of the replica.
     *
     * @param next of this registration and its version: between its creation and all that is registered later
     */
    private void giveUp(TopicPartition id, long next) {
        partitions.find(id).ifPresent(partition -> PartitionRoles.stop(partition, ErrorCode.KAFKA_STORAGE_ERROR));
        if (losses.replica(id, next)) {
            givenUp.put(id, next);
            renewed.run();
        } else {
            worthAnotherTry.set(true);
        }
    }

    private CompletableFuture<List<Runnable>> confirmed(
            ClusterState cluster, Map<TopicPartition, StorageException> ready, List<Runnable> tasks) {
        CompletableFuture<List<Runnable>> all = CompletableFuture.completedFuture(tasks);
        for (Map.Entry<TopicPartition, StorageException> each : ready.entrySet()) {
            TopicPartition id = each.getKey();
            String path = Paths.partitionState(id);
            all = all.thenCombine(coordination.read(path), (list, read) -> {
                read.map(raw -> Document.read(raw.value(), PartitionState.class, path))
                        .filter(state -> Repair.of(broker, id, state, cluster.brokers()) == Repair.GIVE_UP)
                        .ifPresent(state -> list.add(() -> setAside(id, each.getValue(), state.leader())));
                return list;
            });
        }
        return all;
    }

    private void setAside(TopicPartition id, StorageException what, int leader) {
        partitions.find(id).ifPresent(partition -> PartitionRoles.stop(partition, ErrorCode.KAFKA_STORAGE_ERROR));
        try {
            Optional<Path> kept = logs.setAside(id);
            partitions.remove(id);
            begunAnew.add(id);
            aside.remove(id);
            givenUp.remove(id);
            log.warn(
                    "Partition {} of broker {}: its damaged log ({}) is set aside as {}, and copied again from broker {}."
                            + " Delete that directory when nobody needs it any more",
                    id,
                    broker,
                    what.getMessage(),
                    kept.map(Path::toString).orElse("nothing"),
                    leader);
        } catch (StorageException e) {
            log.error("The damaged log of {} cannot be set aside: {}", id, e.getMessage());
            worthAnotherTry.set(true);
        }
    }
}
