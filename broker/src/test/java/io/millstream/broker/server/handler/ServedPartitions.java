package io.millstream.broker.server.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.Disk;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.replica.DiskFailures;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.LeadCheck;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.broker.server.Dispatcher;
import io.millstream.broker.server.NetworkServer;
import io.millstream.broker.server.RawClient;
import io.millstream.broker.server.TestServers;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.DeleteRecords;
import io.millstream.wire.message.DescribeRanges;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.ListOffsets;
import io.millstream.wire.message.OffsetForLeaderEpoch;
import io.millstream.wire.message.Produce;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Real logs in a directory behind a real listener; without ZooKeeper, topics, or a cluster. */
final class ServedPartitions implements AutoCloseable {

    static final int BROKER = 1;
    static final int EPOCH = 5;

    /** A broker that is registered, and has a replica of each partition. */
    static final int FOLLOWER = 2;

    /** As which it is registered at first. */
    static final long REGISTRATION = 20;

    /** Another one. */
    static final int OTHER_FOLLOWER = 3;

    final Partitions partitions = new Partitions();
    final Map<Integer, Long> registrations =
            new ConcurrentHashMap<>(Map.of(FOLLOWER, REGISTRATION, OTHER_FOLLOWER, 30L));
    static final UUID TOPIC_ID = new UUID(3, 4); // of all topics

    final Map<TopicPartition, Long> incarnations = new ConcurrentHashMap<>(); // of replicas that were begun anew
    final Set<TopicPartition> unreplicated = ConcurrentHashMap.newKeySet();
    final ReplicationThrottle throttle = new ReplicationThrottle(Clock.system());
    volatile boolean leadsForSure = true;
    private final LeadCheck leadCheck = (partition, epoch) -> CompletableFuture.completedFuture(leadsForSure);
    volatile NearestReplica nearest = NearestReplica.LEADER;
    private final Path directory;
    private final LogDirectories logs;
    private final Loop worker = new ThreadLoop("test-worker");
    final FetchSessions sessions = new FetchSessions(3, Entropy.system());
    private final NetworkServer listener;

    ServedPartitions(Path directory) {
        this(directory, Disk.system());
    }

    /** @param disk where {@code directory} is */
    ServedPartitions(Path directory, Disk disk) {
        this.directory = directory;
        logs = LogDirectories.open(
                List.of(directory),
                new LogEnvironment(disk, Clock.system(), Entropy.system(), ThreadLoop::new),
                topic -> LogConfig.DEFAULT);
        new DiskFailures(partitions, worker).watch(logs);
        listener = TestServers.start(Dispatcher.builder()
                .on(ApiKey.PRODUCE, Produce.Request.class, new ProduceHandler(partitions, leadCheck))
                .on(ApiKey.FETCH, Fetch.Request.class, fetchHandler(sessions))
                .on(ApiKey.LIST_OFFSETS, ListOffsets.Request.class, new ListOffsetsHandler(partitions, worker))
                .on(
                        ApiKey.DELETE_RECORDS,
                        DeleteRecords.Request.class,
                        new DeleteRecordsHandler(partitions, topic -> topic.equals("compacted"), worker))
                .on(
                        ApiKey.OFFSET_FOR_LEADER_EPOCH,
                        OffsetForLeaderEpoch.Request.class,
                        new OffsetForLeaderEpochHandler(partitions))
                .on(
                        ApiKey.DESCRIBE_RANGES,
                        DescribeRanges.Request.class,
                        new DescribeRangesHandler(partitions, worker)));
    }

    /** Answers fetches as the listener does, with other sessions of consumers. */
    FetchHandler fetchHandler(FetchSessions others) {
        Replicas replicas = new Replicas() {
            @Override
            public Optional<ReplicaId> registered(int broker) {
                return Optional.ofNullable(registrations.get(broker)).map(zxid -> new ReplicaId(broker, zxid));
            }

            @Override
            public Optional<ReplicaId> current(int broker, TopicPartition partition) {
                return registered(broker)
                        .map(its -> new ReplicaId(
                                broker, Math.max(its.incarnation(), incarnations.getOrDefault(partition, 0L))));
            }

            @Override
            public boolean hasReplica(int broker, TopicPartition partition) {
                return !unreplicated.contains(partition);
            }
        };
        return new FetchHandler(
                partitions,
                others,
                (partition, rack, offset) -> nearest.preferred(partition, rack, offset),
                new FetchHandler.ForFollowers(replicas, throttle, Entropy.system()));
    }

    int port() {
        return TestServers.port(listener);
    }

    /** A partition that leads alone. */
    Partition leading(String topic, int number) {
        return leading(topic, number, LogConfig.DEFAULT, new Isr(Set.of(BROKER), 1));
    }

    Partition leading(String topic, int number, LogConfig config, Isr isr) {
        TopicPartition id = new TopicPartition(topic, number);
        PartitionLog log = logs.log(id).orElseGet(() -> logs.create(id, TOPIC_ID, config));
        log.configure(config);
        Partition partition = new Partition(log, BROKER, () -> true);
        partition.lead(EPOCH, isr);
        partitions.add(partition);
        return partition;
    }

    RawClient connect() {
        return RawClient.connect(TestServers.port(listener));
    }

    /** Stops, and fails if somebody still holds a file: a slice that nobody released. */
    @Override
    public void close() {
        listener.close();
        worker.close();
        try {
            logs.close();
        } catch (SimDisk.Dead died) {
            assertThat(openFiles()).isEmpty(); // and nothing else can be closed
            return;
        }
        assertThat(openFiles()).isEmpty();
    }

    private List<Path> openFiles() {
        Path own = Path.of("/proc/self/fd");
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> descriptors = Files.list(own)) {
            return descriptors
                    .filter(Files::isSymbolicLink)
                    .map(ServedPartitions::target)
                    .filter(target -> target.startsWith(directory))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return link;
        }
    }
}
