package io.millstream.broker.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.broker.log.FirstBatch;
import io.millstream.broker.log.LogSlice;
import io.millstream.broker.log.PartitionLog;
import io.millstream.broker.replica.Partition;
import io.millstream.broker.replica.Role;
import io.millstream.core.TopicPartition;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What must hold in a simulated cluster: while it runs, and when it has come to rest. */
final class SimInvariants {

    private static final int READ_BYTES = 1 << 20;

    private record Term(TopicPartition partition, int epoch) {}

    private final SimCluster cluster;
    private final Map<Term, SimProcess> leaders = new HashMap<>();

    SimInvariants(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** No term has two leaders. */
    void checkNow() {
        for (SimBroker broker : cluster.brokers()) {
            for (TopicPartition id : cluster.partitions()) {
                replica(broker, id).ifPresent(replica -> {
                    if (replica.role() instanceof Role.Leader leader) {
                        SimProcess other = leaders.putIfAbsent(new Term(id, leader.epoch()), broker.process());
                        if (other != null && other != broker.process()) {
                            throw new AssertionError(
                                    broker + " leads " + id + " in epoch " + leader.epoch() + ", and so did " + other);
                        }
                    }
                });
            }
        }
    }

    /** Whether a broker's data directory has failed, which only a start ends. */
    boolean isOffline(SimBroker broker) {
        return broker.broker().filter(it -> it.needsStart()).isPresent();
    }

    private static Optional<Partition> replica(SimBroker broker, TopicPartition id) {
        return broker.broker().flatMap(it -> it.partitions().find(id));
    }

    private List<Partition> replicas(TopicPartition id) {
        return cluster.brokers().stream()
                .flatMap(broker -> replica(broker, id).stream())
                .toList();
    }

    /** Whether all replicas have committed all they have, and all readers have seen it. */
    boolean isQuiet() {
        for (TopicPartition id : cluster.partitions()) {
            List<Partition> replicas = replicas(id);
            if (replicas.size() != cluster.brokers().size()) {
                return false;
            }
            long end = replicas.get(0).log().view().endOffset();
            if (replicas.stream()
                    .anyMatch(each -> each.log().view().endOffset() != end || each.highWatermark() != end)) {
                return false;
            }
            if (cluster.readers().stream()
                    .anyMatch(reader -> reader.partition().equals(id) && reader.furthest() < end)) {
                return false;
            }
        }
        return true;
    }

    String describe(TopicPartition id) {
        StringBuilder text = new StringBuilder();
        for (SimBroker broker : cluster.brokers()) {
            replica(broker, id).ifPresent(each -> text.append(broker)
                    .append(" is ")
                    .append(each.role())
                    .append(" to ")
                    .append(each.log().view().endOffset())
                    .append(", committed to ")
                    .append(each.highWatermark())
                    .append(' '));
        }
        return text.toString();
    }

    /** All replicas are equal, and hold what clients were told, once and in order. */
    void checkAtRest() {
        for (TopicPartition id : cluster.partitions()) {
            List<Partition> replicas = replicas(id);
            byte[] first = content(replicas.get(0).log());
            for (Partition other : replicas) {
                if (!java.util.Arrays.equals(first, content(other.log()))) {
                    throw new AssertionError("Replicas of " + id + " differ: " + describe(id));
                }
            }
            check(id, records(first));
        }
    }

    private void check(TopicPartition id, Map<Long, String> stored) {
        SimHistory.Told told = cluster.history().of(id);
        told.at.forEach((offset, value) -> {
            if (!value.equals(stored.get(offset))) {
                throw new AssertionError(id + " offset " + offset + ": clients were told " + value + ", stored is "
                        + stored.get(offset));
            }
        });
        Set<String> values = new HashSet<>();
        Map<String, Long> last = new HashMap<>();
        stored.forEach((offset, value) -> {
            if (!values.add(value)) {
                throw new AssertionError(id + " offset " + offset + ": " + value + " is stored twice");
            }
            int space = value.indexOf(' ');
            String writer = value.substring(0, space);
            long number = Long.parseLong(value.substring(value.lastIndexOf('-') + 1));
            if (told.acknowledged.containsKey(value)) {
                Long before = last.put(writer, number);
                if (before != null && before > number) {
                    throw new AssertionError(id + " offset " + offset + ": " + value + " comes after value " + before);
                }
            }
        });
        List<String> lost = new ArrayList<>(told.acknowledged.keySet());
        lost.removeAll(values);
        if (!lost.isEmpty()) {
            throw new AssertionError(id + ": acknowledged and lost: " + lost);
        }
    }

    private static byte[] content(PartitionLog log) {
        ByteBuf all = io.netty.buffer.Unpooled.buffer();
        long offset = log.view().startOffset();
        long end = log.view().endOffset();
        while (offset < end) {
            LogSlice slice = log.read(offset, READ_BYTES, end, FirstBatch.ALWAYS);
            ByteBuf bytes = slice.copy(UnpooledByteBufAllocator.DEFAULT);
            slice.release();
            int at = 0;
            while (RecordBatch.isWhole(bytes, at, bytes.writerIndex())) {
                RecordBatch batch = RecordBatch.at(bytes, at, bytes.writerIndex());
                batch.ensureIntact();
                offset = batch.nextOffset();
                at = batch.endIndex();
            }
            all.writeBytes(bytes);
            bytes.release();
        }
        byte[] content = new byte[all.readableBytes()];
        all.readBytes(content);
        return content;
    }

    private static Map<Long, String> records(byte[] content) {
        Map<Long, String> records = new TreeMap<>();
        ByteBuf bytes = io.netty.buffer.Unpooled.wrappedBuffer(content);
        int at = 0;
        while (at < content.length) {
            RecordBatch batch = RecordBatch.at(bytes, at, content.length);
            try (RecordIterator iterator = batch.records()) {
                while (iterator.hasNext()) {
                    Record record = iterator.next();
                    records.put(record.offset(), new String(record.value(), UTF_8));
                }
            }
            at = batch.endIndex();
        }
        return records;
    }
}
