package io.millstream.hadoop.output;

import io.millstream.core.Clock;
import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.output.OutputEncoder.Part;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.netty.buffer.ByteBufUtil;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.mapreduce.RecordWriter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;

/**
 * Stages what a task attempt writes: it asks no broker and no ZooKeeper. What it has written is on the disks when it is closed.
 *
 * @param <K> see {@link TopicOutputFormat}
 * @param <V> see {@link TopicOutputFormat}
 */
final class StagingRecordWriter<K, V> extends RecordWriter<K, V> {

    /** A record's lengths, deltas and attributes, and its share of the batch. */
    private static final int OVERHEAD_BYTES = 96;

    private static final int WRITE_BYTES = 1 << 16;

    private final OutputPlan plan;
    private final Clock clock;
    private final OutputEncoder encoder;
    private final RecordPartitioner partitioner;
    private final long maxRecordBytes;
    private final TopicRecordWritable ordinary = new TopicRecordWritable();
    private final FSDataOutputStream file;
    private final BufferedOutputStream buffered;
    private final StagedWriter writer;
    private final BatchBuffer batches;
    private boolean closed;
    private boolean failed;

    /** Begins the attempt's file, which must not exist. */
    StagingRecordWriter(OutputPlan plan, StagingPlace place, Configuration conf, TaskAttemptID attempt, Clock clock)
            throws IOException {
        this.plan = plan;
        this.clock = clock;
        this.encoder = new OutputEncoder(conf);
        int batchBytes = (int) OutputKey.BATCH_BYTES.number(conf);
        this.partitioner = new RecordPartitioner(attempt.getTaskID().getId(), batchBytes);
        this.maxRecordBytes = OutputKey.MAX_RECORD_BYTES.number(conf);
        long bufferBytes = OutputKey.BUFFER_BYTES.number(conf);
        Codec codec = codec(conf);
        this.file = place.begin(attempt);
        this.buffered = new BufferedOutputStream(file, WRITE_BYTES);
        this.writer = new StagedWriter(buffered);
        this.batches = new BatchBuffer(writer, codec, batchBytes, bufferBytes);
    }

    static Codec codec(Configuration conf) throws OutputException {
        try {
            return Codec.labelled(OutputKey.COMPRESSION.in(conf).orElse(Codec.NONE.label()));
        } catch (IllegalArgumentException e) {
            throw new OutputException(OutputKey.COMPRESSION.key() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void write(K key, V value) throws IOException {
        boolean taken = false;
        try {
            take(key, value);
            taken = true;
        } finally {
            failed |= !taken; // also if whoever calls goes on as if nothing had been
        }
    }

    private void take(K key, V value) throws IOException {
        if (key instanceof TopicRecordWritable named) {
            OutputTopic topic = plan.topic(name(named.topic()));
            byte[] own = encoder.encode(topic.name(), Part.VALUE, value);
            add(topic, named, named.key(), own == null ? named.value() : own);
        } else if (value instanceof TopicRecordWritable named) {
            OutputTopic topic = plan.topic(name(named.topic()));
            byte[] own = encoder.encode(topic.name(), Part.KEY, key);
            add(topic, named, own == null ? named.key() : own, named.value());
        } else {
            OutputTopic topic = plan.onlyTopic();
            add(
                    topic,
                    ordinary,
                    encoder.encode(topic.name(), Part.KEY, key),
                    encoder.encode(topic.name(), Part.VALUE, value));
        }
    }

    private static TopicName name(String topic) throws OutputException {
        try {
            return new TopicName(topic);
        } catch (IllegalArgumentException e) {
            throw new OutputException("A record for topic '" + topic + "': " + e.getMessage(), e);
        }
    }

    private void add(OutputTopic topic, TopicRecordWritable envelope, byte[] key, byte[] value) throws IOException {
        int size = size(key, value, envelope.headers());
        if (size > maxRecordBytes) {
            throw new OutputException("A record of about " + size + " bytes for topic " + topic.name() + "; "
                    + OutputKey.MAX_RECORD_BYTES.key() + " is " + maxRecordBytes);
        }
        if (topic.keyed() && key == null) {
            throw new OutputException(
                    "A record without a key for topic " + topic.name() + ", which is compacted by key");
        }
        int partition = partitioner.choose(topic, envelope.partition(), key, size);
        long timestamp = envelope.timestamp() < 0 ? clock.millis() : envelope.timestamp();
        batches.add(new TopicPartition(topic.name(), partition), topic.id(), timestamp, key, value, envelope.headers());
    }

    private static int size(byte[] key, byte[] value, List<Header> headers) {
        long size = OVERHEAD_BYTES + length(key) + length(value);
        for (Header header : headers) {
            size += OVERHEAD_BYTES + (long) ByteBufUtil.utf8Bytes(header.key()) + length(header.value());
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public void close(TaskAttemptContext context) throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file;
                batches) {
            if (failed) {
                throw new OutputException(
                        "A record before could not be written, so this attempt's output is not whole");
            }
            batches.flush();
            writer.finish();
            buffered.flush();
            file.hsync();
        }
    }
}
