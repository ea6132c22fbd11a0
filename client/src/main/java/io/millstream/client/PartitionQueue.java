package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records of one partition that wait to be sent: an open batch that callers fill, and closed ones in front of it. Callers
 * put in, the sender takes out; safe for use by several threads.
 */
final class PartitionQueue {

    /**
     * What an append did.
     *
     * @param enlist whether the sender does not know yet that something waits here
     * @param full whether a batch became ready to be sent
     */
    record Appended(CompletableFuture<Sent> sent, boolean enlist, boolean full) {}

    private final TopicPartition partition;
    private final ProducerSettings settings;
    private final ByteBufAllocator allocator;
    private final Deque<ProduceBatch> closed = new ArrayDeque<>();
    private ProduceBatch open;
    private CompletableFuture<Void> last; // of every batch so far
    private boolean enlisted;
    private boolean ended;

    PartitionQueue(TopicPartition partition, ProducerSettings settings, ByteBufAllocator allocator) {
        this.partition = partition;
        this.settings = settings;
        this.allocator = allocator;
    }

    TopicPartition partition() {
        return partition;
    }

    /** @throws ClientException if the producer has ended */
    synchronized Appended append(Outgoing record, long timestamp, long reserved, long nowNanos) {
        if (ended) {
            throw new ClientException("The producer is closed");
        }
        boolean full = open != null && !open.hasRoomFor(record, settings.batchBytes());
        if (full) {
            closeOpen();
        }
        CompletableFuture<Sent> sent =
                open == null ? begin(record, timestamp, reserved, nowNanos) : open.append(record, timestamp, reserved);
        boolean enlist = !enlisted;
        enlisted = true;
        return new Appended(sent, enlist, full);
    }

    /** A batch without records could not be sent, so one is only kept when it has its first. */
    private CompletableFuture<Sent> begin(Outgoing record, long timestamp, long reserved, long nowNanos) {
        RecordBatchBuilder builder = new RecordBatchBuilder(settings.codec(), allocator);
        try {
            ProduceBatch begun = new ProduceBatch(partition, builder, nowNanos);
            CompletableFuture<Sent> sent = begun.append(record, timestamp, reserved);
            open = begun;
            last = last == null ? begun.settled() : CompletableFuture.allOf(last, begun.settled());
            return sent;
        } catch (RuntimeException | Error e) {
            builder.close();
            throw e;
        }
    }

    private void closeOpen() {
        closed.add(open);
        open = null;
    }

    /** The next batch that is full or has waited long enough; null if there is none. */
    synchronized ProduceBatch poll(long nowNanos) {
        if (closed.isEmpty()
                && open != null
                && nowNanos - open.createdNanos() >= settings.linger().toNanos()) {
            closeOpen();
        }
        return closed.poll();
    }

    /** How long until {@link #poll} gives something; {@link Long#MAX_VALUE} if nothing waits here. */
    synchronized long nanosUntilReady(long nowNanos) {
        if (!closed.isEmpty()) {
            return 0;
        }
        if (open == null) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, open.createdNanos() + settings.linger().toNanos() - nowNanos);
    }

    /** Takes out the batches that have waited longer than the delivery time-out. */
    synchronized List<ProduceBatch> pollOverdue(long nowNanos) {
        List<ProduceBatch> overdue = new ArrayList<>();
        while (!closed.isEmpty()
                && closed.peek().ageNanos(nowNanos)
                        >= settings.deliveryTimeout().toNanos()) {
            overdue.add(closed.poll());
        }
        if (closed.isEmpty()
                && open != null
                && open.ageNanos(nowNanos) >= settings.deliveryTimeout().toNanos()) {
            overdue.add(open);
            open = null;
        }
        return overdue;
    }

    /** How long until {@link #pollOverdue} gives something; {@link Long#MAX_VALUE} if nothing waits here. */
    synchronized long nanosUntilOverdue(long nowNanos) {
        ProduceBatch oldest = closed.isEmpty() ? open : closed.peek();
        return oldest == null
                ? Long.MAX_VALUE
                : Math.max(0, settings.deliveryTimeout().toNanos() - oldest.ageNanos(nowNanos));
    }

    /**
     * Makes everything ready to be sent.
     *
     * @return completes when every record appended so far has its outcome
     */
    synchronized CompletableFuture<Void> flush() {
        if (open != null) {
            closeOpen();
        }
        return last == null ? CompletableFuture.completedFuture(null) : last;
    }

    /** If nothing waits here, the next append enlists anew. */
    synchronized boolean retire() {
        enlisted = open != null || !closed.isEmpty();
        return !enlisted;
    }

    /** Takes everything out, and nothing more in. */
    synchronized List<ProduceBatch> end() {
        ended = true;
        if (open != null) {
            closeOpen();
        }
        List<ProduceBatch> all = List.copyOf(closed);
        closed.clear();
        return all;
    }
}
