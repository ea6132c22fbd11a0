package io.millstream.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.broker.log.Appended;
import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogConfig;
import io.millstream.broker.log.LogDirectories;
import io.millstream.broker.log.LogEnvironment;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.replica.Partition.Durability;
import io.millstream.broker.simulation.SimDisk;
import io.millstream.core.Clock;
import io.millstream.core.Entropy;
import io.millstream.core.ThreadLoop;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One partition on several machines without a network or ZooKeeper between them: a test says who leads, and carries each
 * fetch and each answer.
 */
final class TestReplicas implements AutoCloseable {

    static final TopicPartition ID = new TopicPartition("clicks", 0);

    private static final UUID TOPIC_ID = new UUID(3, 4);
    private static final Path ROOT = Path.of("/data");
    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

    private final LogConfig config;
    private final TreeMap<Integer, Replica> replicas = new TreeMap<>();
    long nowNanos = 1;

    /** One broker's. */
    final class Replica {
        final int id;
        SimDisk disk;
        LogDirectories logs;
        Partition partition;
        long registration = 100;

        private Replica(int id) {
            this.id = id;
            disk = SimDisk.empty(Clock.system());
            open();
        }

        private void open() {
            logs = LogDirectories.open(
                    List.of(ROOT),
                    new LogEnvironment(disk, Clock.system(), Entropy.system(), ThreadLoop::new),
                    topic -> config);
            partition = new Partition(logs.log(ID).orElseGet(() -> logs.create(ID, TOPIC_ID, config)), id, () -> true);
        }

        /** The process dies, and perhaps the machine with it; it comes back with another registration. */
        void die(boolean power) {
            disk = power ? disk.crash(id) : disk.kill();
            try {
                logs.close();
            } catch (SimDisk.Dead died) {
                assertThat(died).isNotNull(); // what it had cannot be closed any more
            }
            registration++;
            open();
        }

        ReplicaId replicaId() {
            return new ReplicaId(id, registration);
        }

        long end() {
            return partition.log().view().endOffset();
        }

        /** The values in the log. */
        List<String> values() {
            List<String> values = new ArrayList<>();
            long next = partition.log().view().startOffset();
            while (next < end()) {
                ByteBuf bytes = read(partition, next, end());
                for (int index = 0; index < bytes.writerIndex(); ) {
                    RecordBatch batch = RecordBatch.at(bytes, index, bytes.writerIndex());
                    try (RecordIterator records = batch.records()) {
                        while (records.hasNext()) {
                            Record each = records.next();
                            values.add(new String(each.value(), StandardCharsets.UTF_8));
                        }
                    }
                    index = batch.endIndex();
                    next = batch.nextOffset();
                }
            }
            return values;
        }
    }

    TestReplicas(int count) {
        this(count, LogConfig.DEFAULT);
    }

    TestReplicas(int count, LogConfig config) {
        this.config = config;
        for (int id = 1; id <= count; id++) {
            replicas.put(id, new Replica(id));
        }
    }

    Replica get(int id) {
        return replicas.get(id);
    }

    Partition partition(int id) {
        return get(id).partition;
    }

    /** Lets one lead and all others follow. */
    void elect(int leader, int epoch, Set<Integer> isr, int minInSync) {
        partition(leader).lead(epoch, 0, new Isr(isr, minInSync));
        replicas.keySet().stream().filter(id -> id != leader).forEach(id -> partition(id)
                .follow(epoch, leader));
    }

    Appended append(int leader, Durability durability, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(Codec.NONE, HEAP)) {
            for (String value : values) {
                builder.append(1_000, null, value.getBytes(StandardCharsets.UTF_8), List.of());
            }
            return partition(leader).append(builder.build(), durability);
        }
    }

    /** What a leader has answered, on its way to the follower. */
    record Answer(FollowerPosition asked, ReplicaFetch fetch, ByteBuf records, long highWatermark, long logStart) {}

    /** A follower asks its leader. */
    Answer ask(int follower) {
        FollowerPosition position = partition(follower).following().position().orElseThrow();
        Partition leader = partition(position.leader());
        ReplicaFetch fetch = leader.replicaFetch(
                get(follower).replicaId(),
                position.epoch(),
                position.fetchOffset(),
                position.lastFetchedEpoch(),
                nowNanos);
        ByteBuf records = fetch instanceof ReplicaFetch.Served served
                ? read(leader, position.fetchOffset(), served.endOffset())
                : Unpooled.EMPTY_BUFFER;
        return new Answer(
                position,
                fetch,
                records,
                leader.highWatermark(),
                leader.log().view().startOffset());
    }

    /** The answer arrives. */
    boolean take(int follower, Answer answer) {
        Following following = partition(follower).following();
        int epoch = answer.asked().epoch();
        if (answer.fetch() instanceof ReplicaFetch.Diverged diverged) {
            return following.diverged(epoch, diverged.end());
        }
        if (answer.fetch() instanceof ReplicaFetch.Refused) {
            return following.startOver(epoch, answer.logStart());
        }
        return following.appendReplicated(epoch, answer.records(), answer.highWatermark(), answer.logStart());
    }

    void fetch(int follower) {
        take(follower, ask(follower));
    }

    /** As often as it takes: once more than there is something to copy, so that the leader knows. */
    void catchUp(int follower) {
        int leader = partition(follower).following().position().orElseThrow().leader();
        do {
            fetch(follower);
        } while (get(follower).end() != get(leader).end() || ask(follower).fetch() instanceof ReplicaFetch.Diverged);
        fetch(follower);
    }

    private static ByteBuf read(Partition partition, long from, long to) {
        LogSlice slice = partition.log().read(from, 1 << 20, to, FirstBatch.ALWAYS);
        try {
            return slice.isEmpty() ? Unpooled.EMPTY_BUFFER : slice.copy(HEAP);
        } finally {
            slice.release();
        }
    }

    @Override
    public void close() {
        replicas.values().forEach(each -> each.logs.close());
    }
}
