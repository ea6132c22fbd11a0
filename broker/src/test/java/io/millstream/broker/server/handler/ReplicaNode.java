package io.millstream.broker.server.handler;

import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.replica.FetchSettings;
import io.millstream.broker.replica.Isr;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.PartitionListener;
import io.millstream.broker.replica.Partitions;
import io.millstream.broker.replica.ReplicaFetchers;
import io.millstream.broker.replica.ReplicaId;
import io.millstream.broker.replica.ReplicationThrottle;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Entropy;
import io.millstream.core.Loop;
import io.millstream.core.TopicPartition;
import io.millstream.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A broker reduced to logs, fetchers and the answering of fetches, on a {@link Schedule}. */
final class ReplicaNode {

    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);
    private static final Path DATA = Path.of("/data");

    final int id;
    final Partitions partitions = new Partitions();
    final FetchHandler handler;
    final Loop net;
    final ReplicationThrottle throttle;
    private final LogDirectories logs;
    private final Loop roles;

    ReplicaNode(int id, Schedule schedule, NodeWires wires) {
        this.id = id;
        SimDisk disk = SimDisk.empty(schedule);
        disk.createDirectories(DATA);
        logs = LogDirectories.open(
                List.of(DATA),
                new LogEnvironment(disk, schedule, schedule, schedule::loop),
                topic -> LogConfig.DEFAULT);
        net = schedule.loop("net");
        roles = schedule.loop("roles");
        throttle = new ReplicationThrottle(schedule);
        handler = new FetchHandler(
                partitions,
                new FetchSessions(10, schedule),
                NearestReplica.LEADER,
                new FetchHandler.ForFollowers(EVERYBODY, throttle, (Entropy) schedule));
        Loop worker = schedule.loop("worker");
        FetchSettings settings = new FetchSettings(id, 500, 1, 300, 1_000, 200, Duration.ofSeconds(2));
        ReplicaFetchers fetchers = new ReplicaFetchers(
                settings,
                new ReplicaFetchers.Resources(
                        wires.from(this),
                        schedule,
                        List.of(schedule.loop("fetcher")),
                        id % 2 == 0 ? log -> Optional.empty() : log -> Optional.of(worker),
                        partition -> worker,
                        throttle,
                        partition -> id),
                leader -> Optional.of(new BrokerEndpoint("node", leader)));
        partitions.listen(new PartitionListener() {
            @Override
            public void roleChanged(Partition partition) {
                fetchers.roleChanged(partition);
            }
        });
    }

    private static final Replicas EVERYBODY = new Replicas() {
        @Override
        public Optional<ReplicaId> registered(int broker) {
            return Optional.of(new ReplicaId(broker, broker));
        }

        @Override
        public boolean hasReplica(int broker, TopicPartition partition) {
            return true;
        }
    };

    Partition make(TopicPartition which) {
        Partition partition = new Partition(logs.create(which, new UUID(1, 2), LogConfig.DEFAULT), id, () -> true);
        partitions.add(partition);
        return partition;
    }

    Partition partition(TopicPartition which) {
        return partitions.find(which).orElseThrow();
    }

    /** Plays a part from some time on. */
    void lead(TopicPartition which, int epoch, Set<Integer> isr) {
        roles.execute(() -> partition(which).lead(epoch, new Isr(isr, 1)));
    }

    void follow(TopicPartition which, int epoch, int leader) {
        roles.execute(() -> partition(which).follow(epoch, leader));
    }

    /** What the log holds below an offset, byte by byte. */
    String content(TopicPartition which, long upToOffset) {
        Partition partition = partition(which);
        StringBuilder all = new StringBuilder();
        long offset = partition.log().view().startOffset();
        while (true) {
            LogSlice slice = partition.log().read(offset, Integer.MAX_VALUE, upToOffset, FirstBatch.ALWAYS);
            try {
                if (slice.isEmpty()) {
                    return all.toString();
                }
                ByteBuf bytes = slice.copy(HEAP);
                for (int index = 0; index < bytes.writerIndex(); ) {
                    RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
                    index = batch.endIndex();
                    offset = batch.nextOffset();
                }
                all.append(ByteBufUtil.hexDump(bytes));
            } finally {
                slice.release();
            }
        }
    }
}
