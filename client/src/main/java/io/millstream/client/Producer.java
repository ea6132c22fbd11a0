package io.millstream.client;

import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Header;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records, each stored once and in the order of the calls per partition (idempotent, KIP-98), acknowledged by all
 * in-sync replicas. Records with a key land where Kafka's own clients put them.
 *
 * <p>Safe for use by several threads. Futures complete on the client's loop: what is chained to them must not block. They
 * fail with {@link ClientException}; a record whose future failed with {@link TimedOutException} may be stored all the
 * same, which the message says. When a broker's answer shows that going on could lose or repeat records, the producer
 * stops and everything fails.
 */
public final class Producer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Producer.class);

    /** The client's loop does this at once, unless it is stuck. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    /** A record's lengths, deltas and attributes, and its share of the batch. */
    private static final int OVERHEAD_BYTES = 96;

    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final int CHAR_BYTES = 3;

    private final Cluster cluster;
    private final ProducerSettings settings;
    private final ByteBufAllocator allocator;
    private final Clock clock;
    private final BufferBudget budget;
    private final Partitioner partitioner;
    private final Sender sender;
    private final ConcurrentMap<TopicPartition, PartitionQueue> queues = new ConcurrentHashMap<>();

    /** A producer for this cluster, which stays the caller's to close, after this. */
    public Producer(Cluster cluster, ProducerSettings settings) {
        this(cluster, settings, PooledByteBufAllocator.DEFAULT);
    }

    /** @param allocator of the batches */
    Producer(Cluster cluster, ProducerSettings settings, ByteBufAllocator allocator) {
        this.cluster = cluster;
        this.allocator = allocator;
        this.settings = settings;
        this.clock = cluster.environment().clock();
        this.budget = new BufferBudget(settings.bufferBytes());
        this.partitioner = new Partitioner(cluster.environment().entropy(), settings.batchBytes());
        this.sender = new Sender(cluster, settings, budget);
    }

    /** Sends a record whose key decides the partition, stamped with the time of the call. As {@link #send(Outgoing)}. */
    public CompletableFuture<Sent> send(TopicName topic, byte[] key, byte[] value) {
        return send(Outgoing.of(topic, key, value));
    }

    /**
     * Hands a record over. Waits while the topic is not known yet or the buffer is full, up to {@link
     * ClientSettings#timeout}; not for the client's loop.
     *
     * @return completes when the record is acknowledged, or has failed
     * @throws ClientException if the record cannot be taken: no such topic or partition, too large, no room in time, the
     *     producer is closed or has stopped, or the thread is interrupted (which stays so)
     */
    public CompletableFuture<Sent> send(Outgoing record) {
        ensureRunning();
        int size = size(record);
        if (size > settings.maxRecordBytes()) {
            throw new ClientException("A record of about " + size + " bytes for topic " + record.topic() + "; at most "
                    + settings.maxRecordBytes());
        }
        if (cluster.topic(record.topic()).isEmpty()) {
            throw new ClientException("Topic " + record.topic() + " does not exist");
        }
        budget.take(size, cluster.settings().timeout());
        try {
            TopicPartition partition = partitioner.choose(record, cluster.view(), size);
            return enqueue(partition, record, size);
        } catch (RuntimeException | Error e) { // memory may be short
            budget.give(size);
            throw e;
        }
    }

    private CompletableFuture<Sent> enqueue(TopicPartition partition, Outgoing record, int size) {
        PartitionQueue queue = queues.computeIfAbsent(partition, each -> new PartitionQueue(each, settings, allocator));
        long timestamp = record.timestamp().orElseGet(clock::millis);
        PartitionQueue.Appended appended = queue.append(record, timestamp, size, clock.nanos());
        if (appended.enlist()) {
            sender.enlist(queue);
        } else if (appended.full()) {
            sender.wakeUp();
        }
        return appended.sent();
    }

    private void ensureRunning() {
        ClientException ended = sender.ended();
        if (ended != null) {
            throw new ClientException(ended.getMessage(), ended);
        }
    }

    private static int size(Outgoing record) {
        long size = OVERHEAD_BYTES + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += HEADER_OVERHEAD_BYTES + (long) CHAR_BYTES * header.key().length() + length(header.value());
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /**
     * Sends what has been handed over without waiting for more, and waits until each record has its outcome, which its
     * future tells.
     *
     * @throws TimedOutException if that takes longer
     */
    public void flush(Duration timeout) {
        List<CompletableFuture<Void>> outcomes = new ArrayList<>();
        queues.values().forEach(queue -> outcomes.add(queue.flush()));
        sender.wakeUp();
        Async.await(Async.all(outcomes), timeout, "acknowledgement of all records");
    }

    /** Bytes of the buffer in use. */
    public long bufferedBytes() {
        return budget.used();
    }

    /** Flushes, for as long as the delivery time-out, and ends; what has no outcome then fails. */
    @Override
    public void close() {
        close(settings.deliveryTimeout());
    }

    /** Flushes, for at most this time, and ends; what has no outcome then fails. Does nothing the second time. */
    public void close(Duration timeout) {
        try {
            if (sender.ended() == null) {
                flush(timeout);
            }
        } catch (TimedOutException e) {
            log.warn("Closing the producer; the records without an acknowledgement fail: {}", e.getMessage());
        } finally {
            Async.await(sender.end(new ClientException("The producer is closed")), END_PATIENCE, "end of the producer");
        }
    }
}
