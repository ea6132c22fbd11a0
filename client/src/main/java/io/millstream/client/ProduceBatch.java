package io.millstream.client;

import io.millstream.core.TopicPartition;
import io.millstream.record.RecordBatchBuilder;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records of one partition that are sent together. Carries its partition and owns its bytes, which its lane releases when
 * no request with them is under way any more, and never before (CVE-2026-35554 came of a buffer reused too early).
 *
 * <p>Filled under its queue's lock; once taken out of the queue it belongs to the client's loop.
 */
final class ProduceBatch implements AutoCloseable {

    private static final int LAST_SEQUENCE = Integer.MAX_VALUE;

    private record Waiting(CompletableFuture<Sent> sent, long timestamp) {}

    private final TopicPartition partition;
    private final RecordBatchBuilder builder;
    private final long createdNanos;
    private final List<Waiting> waiting = new ArrayList<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    private long reserved;
    private ByteBuf bytes;
    private int baseSequence;
    private boolean doubtful;

    ProduceBatch(TopicPartition partition, RecordBatchBuilder builder, long nowNanos) {
        this.partition = partition;
        this.builder = builder;
        this.createdNanos = nowNanos;
    }

    boolean hasRoomFor(Outgoing record, int batchBytes) {
        return builder.sizeInBytes() + (long) builder.sizeOf(record.key(), record.value(), record.headers())
                <= batchBytes;
    }

    /** @param reservedBytes taken from the buffer budget for this record */
    CompletableFuture<Sent> append(Outgoing record, long timestamp, long reservedBytes) {
        builder.append(timestamp, record.key(), record.value(), record.headers());
        reserved += reservedBytes;
        CompletableFuture<Sent> sent = new CompletableFuture<>();
        waiting.add(new Waiting(sent, timestamp));
        return sent;
    }

    TopicPartition partition() {
        return partition;
    }

    int recordCount() {
        return waiting.size();
    }

    long createdNanos() {
        return createdNanos;
    }

    long ageNanos(long nowNanos) {
        return nowNanos - createdNanos;
    }

    /** Bytes of the budget to give back when this is closed. */
    long reserved() {
        return reserved;
    }

    /** Completes, never fails, when every record has its outcome. */
    CompletableFuture<Void> settled() {
        return settled;
    }

    boolean isSettled() {
        return settled.isDone();
    }

    /** Whether the batch was built under its numbers, which it keeps through all tries. */
    boolean isNumbered() {
        return bytes != null;
    }

    /** Builds the batch under its numbers. Once. */
    void number(ProducerIdentity identity, int sequence) {
        baseSequence = sequence;
        bytes = builder.producer(identity.id(), identity.epoch(), sequence).build();
    }

    int sizeInBytes() {
        return bytes.readableBytes();
    }

    /** The sequence of the batch behind this one. */
    int nextSequence() {
        return after(baseSequence, waiting.size());
    }

    /** Sequences wrap from 2^31-1 to 0. */
    static int after(int sequence, int records) {
        long next = (long) sequence + records;
        return (int) (next > LAST_SEQUENCE ? next - LAST_SEQUENCE - 1 : next);
    }

    /** The bytes for one try, with a reference of their own that whoever writes them releases. */
    ByteBuf bytesToSend() {
        return bytes.retainedDuplicate();
    }

    /** A try ended without telling whether the records were stored. */
    void doubt() {
        doubtful = true;
    }

    /** Whether the records may be stored although nothing has said so. */
    boolean isDoubtful() {
        return doubtful;
    }

    void succeed(Produce.Result result) {
        for (int i = 0; i < waiting.size(); i++) {
            Waiting each = waiting.get(i);
            long offset = result.baseOffset() < 0 ? Sent.UNKNOWN_OFFSET : result.baseOffset() + i;
            long timestamp = result.logAppendTime() < 0 ? each.timestamp : result.logAppendTime();
            each.sent.complete(new Sent(partition, offset, timestamp));
        }
        settled.complete(null);
    }

    void fail(ClientException why) {
        waiting.forEach(each -> each.sent.completeExceptionally(why));
        settled.complete(null);
    }

    @Override
    public void close() {
        builder.close();
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
