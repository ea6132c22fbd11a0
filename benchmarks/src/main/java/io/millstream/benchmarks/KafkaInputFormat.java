package io.millstream.benchmarks;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What one writes over kafka-clients: a split for each partition, a consumer with default settings for each split. */
public final class KafkaInputFormat extends InputFormat<NullWritable, BytesWritable> {

    static final String SERVERS = "kafka.input.servers";
    static final String TOPIC = "kafka.input.topic";

    private static KafkaConsumer<byte[], byte[]> consumer(Configuration conf) {
        Map<String, Object> settings = Map.of("bootstrap.servers", conf.get(SERVERS), "enable.auto.commit", "false");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public List<InputSplit> getSplits(JobContext context) {
        String topic = context.getConfiguration().get(TOPIC);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(context.getConfiguration())) {
            Set<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(each -> new TopicPartition(topic, each.partition()))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
            List<InputSplit> splits = new ArrayList<>();
            consumer.endOffsets(partitions)
                    .forEach((partition, end) -> splits.add(new Split(partition, starts.get(partition), end)));
            return splits;
        }
    }

    @Override
    public RecordReader<NullWritable, BytesWritable> createRecordReader(InputSplit split, TaskAttemptContext context) {
        return new Reader();
    }

    /** Offsets of a partition. */
    public static final class Split extends InputSplit implements Writable {
        private String topic;
        private int partition;
        private long from;
        private long to;

        /** For Hadoop. */
        public Split() {}

        Split(TopicPartition partition, long from, long to) {
            this.topic = partition.topic();
            this.partition = partition.partition();
            this.from = from;
            this.to = to;
        }

        @Override
        public long getLength() {
            return to - from;
        }

        @Override
        public String[] getLocations() {
            return new String[0];
        }

        @Override
        public void write(DataOutput out) throws IOException {
            Text.writeString(out, topic);
            out.writeInt(partition);
            out.writeLong(from);
            out.writeLong(to);
        }

        @Override
        public void readFields(DataInput in) throws IOException {
            topic = Text.readString(in);
            partition = in.readInt();
            from = in.readLong();
            to = in.readLong();
        }
    }

    private static final class Reader extends RecordReader<NullWritable, BytesWritable> {
        private final BytesWritable value = new BytesWritable();
        private KafkaConsumer<byte[], byte[]> consumer;
        private Iterator<ConsumerRecord<byte[], byte[]>> records =
                List.<ConsumerRecord<byte[], byte[]>>of().iterator();
        private long from;
        private long next;
        private long to;

        @Override
        public void initialize(InputSplit split, TaskAttemptContext context) {
            Split range = (Split) split;
            TopicPartition partition = new TopicPartition(range.topic, range.partition);
            from = range.from;
            next = range.from;
            to = range.to;
            consumer = consumer(context.getConfiguration());
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
        }

        @Override
        public boolean nextKeyValue() {
            while (next < to && !records.hasNext()) {
                records = consumer.poll(Duration.ofSeconds(1)).iterator();
            }
            if (next >= to) {
                return false;
            }
            ConsumerRecord<byte[], byte[]> record = records.next();
            next = record.offset() + 1;
            value.set(record.value(), 0, record.value().length);
            return true;
        }

        @Override
        public NullWritable getCurrentKey() {
            return NullWritable.get();
        }

        @Override
        public BytesWritable getCurrentValue() {
            return value;
        }

        @Override
        public float getProgress() {
            return to == from ? 1 : (float) (next - from) / (to - from);
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
