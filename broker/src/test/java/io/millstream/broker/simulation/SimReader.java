package io.millstream.broker.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.TopicPartition;
import io.millstream.net.Connection;
import io.millstream.record.Record;
import io.millstream.record.RecordBatch;
import io.millstream.record.RecordIterator;
import io.millstream.wire.ByTopic;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.Metadata;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads one partition from its start to its end, and again; everything it sees goes into the history. */
final class SimReader extends SimClient {

    private static final int RETRY_MILLIS = 200;
    private static final int WAIT_MILLIS = 400;
    private static final int MOST_BYTES = 10_000;
    private static final int AGAIN_ONE_IN = 40;

    private final Map<BrokerEndpoint, Connection> open = new HashMap<>();
    private BrokerEndpoint leader;
    private int epoch = Fetch.NO_EPOCH;
    private long offset;
    private long furthest;

    SimReader(int number, SimCluster cluster, TopicPartition partition) {
        super("reader-" + number, cluster, partition, Duration.ofSeconds(2));
    }

    TopicPartition partition() {
        return partition;
    }

    /** The offset after the last it has seen. */
    long furthest() {
        return furthest;
    }

    @Override
    void step() {
        if (leader == null) {
            ask();
        } else {
            fetch();
        }
    }

    private CompletableFuture<Connection> connection(BrokerEndpoint endpoint) {
        Connection known = open.get(endpoint);
        if (known != null && known.isOpen()) {
            return CompletableFuture.completedFuture(known);
        }
        return connections.open(endpoint).thenApply(connection -> {
            open.put(endpoint, connection);
            return connection;
        });
    }

    private void ask() {
        Metadata.Request request = Metadata.Request.of(List.of(partition.topic().value()));
        CompletableFuture<?> unused = connection(anyBroker())
                .thenCompose(connection -> connection.send(request, Metadata.Response.class))
                .whenComplete((response, failure) -> loop.execute(() -> learn(response)));
    }

    /** @param response null if there is none */
    private void learn(Metadata.Response response) {
        if (response != null) {
            believe(response);
        }
        if (leader == null) {
            later(RETRY_MILLIS);
        } else {
            step();
        }
    }

    private void believe(Metadata.Response response) {
        for (Metadata.Topic topic : response.topics()) {
            for (Metadata.Partition each : topic.partitions()) {
                // What is older than what is known already is not believed, as in Kafka's clients.
                if (each.partition() == partition.partition() && each.leaderEpoch() >= epoch && each.leader() >= 0) {
                    epoch = each.leaderEpoch();
                    leader = response.brokers().stream()
                            .filter(broker -> broker.id() == each.leader())
                            .map(broker -> new BrokerEndpoint(broker.host(), broker.port()))
                            .findFirst()
                            .orElse(null);
                }
            }
        }
    }

    private void fetch() {
        long from = offset;
        Fetch.Request request = new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(WAIT_MILLIS, 1, MOST_BYTES),
                Fetch.READ_UNCOMMITTED,
                Fetch.Session.NONE,
                List.of(new ByTopic<>(
                        partition.topic().value(),
                        List.of(Fetch.Query.consumer(partition.partition(), epoch, from, MOST_BYTES)))),
                "");
        CompletableFuture<?> unused = connection(leader)
                .thenCompose(connection -> connection.send(request, Fetch.Response.class))
                .whenComplete((response, failure) -> loop.execute(() -> take(response)));
    }

    /** @param response null if there is none */
    private void take(Fetch.Response response) {
        if (response == null || response.error() != ErrorCode.NONE) {
            leader = null;
            later(RETRY_MILLIS);
            return;
        }
        Fetch.Data data = response.topics().get(0).partitions().get(0);
        if (data.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            throw new AssertionError(partition + ": offset " + offset + " of epoch " + epoch
                    + " is out of range, but everything below had been read");
        }
        if (data.error() != ErrorCode.NONE) {
            leader = null;
            later(RETRY_MILLIS);
            return;
        }
        read(data.recordBytes(), data.highWatermark());
        if (cluster.scheduler().random().nextInt(AGAIN_ONE_IN) == 0) {
            offset = 0;
        }
        step();
    }

    private void read(ByteBuf records, long highWatermark) {
        int at = records.readerIndex();
        while (RecordBatch.isWhole(records, at, records.writerIndex())) {
            RecordBatch batch = RecordBatch.at(records, at, records.writerIndex());
            batch.ensureIntact();
            at = batch.endIndex();
            try (RecordIterator iterator = batch.records()) {
                while (iterator.hasNext()) {
                    read(iterator.next(), highWatermark);
                }
            }
        }
    }

    private void read(Record record, long highWatermark) {
        if (record.offset() < offset) {
            return; // in a batch that began before
        }
        if (record.offset() != offset || record.offset() >= highWatermark) {
            throw new AssertionError(partition + ": offset " + record.offset() + " came where " + offset
                    + " was due, below high watermark " + highWatermark);
        }
        cluster.history().read(partition, record.offset(), new String(record.value(), UTF_8));
        offset++;
        furthest = Math.max(furthest, offset);
    }

    @Override
    public String toString() {
        return process + " of " + partition;
    }
}
