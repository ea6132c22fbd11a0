package io.millstream.hadoop.output;

import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The batches that a task has begun, one for each partition, within a bound: when it is reached the largest one is written as it
 * is. Not for use by several threads.
 */
final class BatchBuffer implements AutoCloseable {

    private record Begun(UUID topicId, RecordBatchBuilder builder) {}

    private final StagedWriter writer;
    private final Codec codec;
    private final int batchBytes;
    private final long bufferBytes;
    private final Map<TopicPartition, Begun> begun = new HashMap<>();
    private long buffered;

    /**
     * A buffer in front of a file.
     *
     * @param batchBytes a batch is written when the next record would make it larger
     * @param bufferBytes what all batches together may take
     */
    BatchBuffer(StagedWriter writer, Codec codec, int batchBytes, long bufferBytes) {
        this.writer = writer;
        this.codec = codec;
        this.batchBytes = batchBytes;
        this.bufferBytes = bufferBytes;
    }

    /** Adds a record behind those of its partition. */
    void add(TopicPartition partition, UUID topicId, long timestamp, byte[] key, byte[] value, List<Header> headers)
            throws IOException {
        Begun batch = begun.get(partition);
        if (batch != null) {
            long size = (long) batch.builder.sizeInBytes() + batch.builder.sizeOf(key, value, headers);
            if (size > batchBytes) {
                write(partition);
                batch = null;
            }
        }
        if (batch == null) {
            batch = new Begun(topicId, new RecordBatchBuilder(codec, PooledByteBufAllocator.DEFAULT));
            begun.put(partition, batch);
            buffered += batch.builder.sizeInBytes();
        }
        int before = batch.builder.sizeInBytes();
        batch.builder.append(timestamp, key, value, headers);
        buffered += batch.builder.sizeInBytes() - before;
        while (buffered > bufferBytes && !begun.isEmpty()) {
            write(largest());
        }
    }

    private TopicPartition largest() {
        return begun.entrySet().stream()
                .max(Comparator.comparingInt(each -> each.getValue().builder.sizeInBytes()))
                .orElseThrow()
                .getKey();
    }

    private void write(TopicPartition partition) throws IOException {
        Begun batch = begun.remove(partition);
        buffered -= batch.builder.sizeInBytes();
        if (batch.builder.recordCount() == 0) {
            batch.builder.close();
            return;
        }
        int records = batch.builder.recordCount();
        ByteBuf bytes = batch.builder.build();
        try {
            writer.batch(partition, batch.topicId, records, bytes);
        } finally {
            bytes.release();
        }
    }

    /** Writes what has been begun. */
    void flush() throws IOException {
        for (TopicPartition partition : List.copyOf(begun.keySet())) {
            write(partition);
        }
    }

    /** Bytes of the batches that have been begun. */
    long buffered() {
        return buffered;
    }

    /** Gives up what has been begun. */
    @Override
    public void close() {
        begun.values().forEach(each -> each.builder.close());
        begun.clear();
        buffered = 0;
    }
}
