package io.millstream.broker;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.ReplicationSettings;
import io.millstream.broker.controller.ClusterState;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.replica.FetchSettings;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.PartitionListener;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaFetchers;
import io.millstream.broker.server.handler.FetchHandler;
import io.millstream.broker.server.handler.Replicas;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Versioned;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.net.ConnectionSettings;
import io.millstream.net.Connections;
import io.millstream.wire.message.Fetch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** Copies between brokers: what this one takes from leaders, and what it gives to followers. */
final class Replication {

    /** For truncations and new terms, which wait for the disk; enough for some to wait at once. */
    private static final int WORKERS = 2;

    private final BrokerConfig config;
    private final Supplier<ClusterState> cluster;
    private final ReplicationLimits limits;

    /** @param cluster as it stands in ZooKeeper: brokers of which roles speak must be known */
    Replication(BrokerConfig config, Supplier<ClusterState> cluster, Clock clock) {
        this.config = config;
        this.cluster = cluster;
        this.limits = new ReplicationLimits(clock);
    }

    /** How connections to other brokers behave. */
    static ConnectionSettings connectionSettings(BrokerConfig config) {
        int broker = config.get(BrokerSettings.BROKER_ID);
        return ConnectionSettings.defaults("broker-" + broker)
                .withConnectTimeout(Duration.ofMillis(config.get(ReplicationSettings.REPLICA_SOCKET_TIMEOUT_MS)));
    }

    /** How fast replicas that are not in sync are copied; as fast as can be until it is told of settings. */
    ReplicationLimits limits() {
        return limits;
    }

    /** What followers are answered by. */
    FetchHandler.ForFollowers forFollowers(Entropy entropy) {
        return new FetchHandler.ForFollowers(Replicas.of(cluster), limits.toFollowers(), entropy);
    }

    /**
     * Copies what other brokers lead, from now on.
     *
     * @param loops makes a loop, which is closed by others
     */
    void start(Partitions partitions, Connections connections, Clock clock, Function<String, Loop> loops) {
        int threads = config.get(ReplicationSettings.NUM_REPLICA_FETCHERS);
        List<Loop> fetching = loops("replica-fetcher-", threads, loops);
        List<Loop> working = loops("replica-worker-", WORKERS, loops);
        ReplicaFetchers fetchers = new ReplicaFetchers(
                settings(),
                new ReplicaFetchers.Resources(
                        connections,
                        clock,
                        fetching,
                        appenders(loops),
                        id -> working.get(Math.floorMod(id.hashCode(), working.size())),
                        limits.fromLeaders(),
                        this::incarnation),
                this::endpoint);
        partitions.listen(new PartitionListener() {
            @Override
            public void roleChanged(Partition partition) {
                fetchers.roleChanged(partition);
            }
        });
    }

    private static List<Loop> loops(String name, int count, Function<String, Loop> loops) {
        List<Loop> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(loops.apply(name + i));
        }
        return List.copyOf(made);
    }

    /** With several data directories, a loop for each of them, so that a slow disk holds up its own partitions only. */
    private Function<PartitionLog, Optional<Executor>> appenders(Function<String, Loop> loops) {
        var directories = config.get(BrokerSettings.LOG_DIRS);
        if (directories.size() == 1) {
            return log -> Optional.empty();
        }
        Map<String, Executor> byDirectory = new HashMap<>();
        for (int i = 0; i < directories.size(); i++) {
            byDirectory.put(directories.get(i).toString(), loops.apply("replica-appender-" + i));
        }
        return log -> Optional.ofNullable(byDirectory.get(log.dataDirectory().toString()));
    }

    private FetchSettings settings() {
        int wait = config.get(ReplicationSettings.REPLICA_FETCH_WAIT_MAX_MS);
        int timeout = config.get(ReplicationSettings.REPLICA_SOCKET_TIMEOUT_MS);
        return new FetchSettings(
                config.get(BrokerSettings.BROKER_ID),
                wait,
                config.get(ReplicationSettings.REPLICA_FETCH_MIN_BYTES),
                config.get(ReplicationSettings.REPLICA_FETCH_MAX_BYTES),
                config.get(ReplicationSettings.REPLICA_FETCH_RESPONSE_MAX_BYTES),
                config.get(ReplicationSettings.REPLICA_FETCH_BACKOFF_MS),
                Duration.ofMillis((long) wait + timeout));
    }

    private long incarnation(TopicPartition partition) {
        Versioned<BrokerRegistration> own = cluster.get().brokers().get(config.get(BrokerSettings.BROKER_ID));
        return own == null ? Fetch.NO_INCARNATION : own.value().incarnation(partition, own.createdZxid());
    }

    private Optional<BrokerEndpoint> endpoint(int broker) {
        return Optional.ofNullable(cluster.get().brokers().get(broker))
                .map(Versioned::value)
                .map(BrokerRegistration::endpoint);
    }
}
