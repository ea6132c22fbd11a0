package io.millstream.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.Versioned;
import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.TopicInputFormat;
import io.millstream.hadoop.input.TopicRecord;
import io.millstream.hadoop.output.TopicOutputFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Jobs of four tasks that read four partitions, of two topics, and write what they read to a topic each. */
final class Relays {

    /** What is read, each partition by a task of its number here. */
    static final List<TopicPartition> READ = List.of(
            new TopicPartition("clicks-a", 0),
            new TopicPartition("clicks-a", 1),
            new TopicPartition("clicks-b", 0),
            new TopicPartition("clicks-b", 1));

    private static final char FILLING = '#';
    private static final int RECORDS = 120; // of each partition
    private static final int RECORD_BYTES = 100_000;
    private static final int SPECULATION_MILLIS = 500;

    private final Hadoop hadoop;
    private final Brokers brokers;
    private final Topics topics;

    private Relays(Hadoop hadoop, Brokers brokers, Topics topics) {
        this.hadoop = hadoop;
        this.brokers = brokers;
        this.topics = topics;
    }

    /** Makes the topics and fills those that are read. Both brokers, 1 and 2, have everything. */
    static Relays prepare(Hadoop hadoop, Brokers brokers, String... written) throws Exception {
        Topics topics = new Topics(brokers);
        for (String topic : List.of("clicks-a", "clicks-b", "clicks-not")) {
            topics.create(topic, 2, List.of(1, 2), Map.of());
        }
        for (String topic : written) {
            topics.create(topic, 3, List.of(1, 2), Map.of("min.insync.replicas", "2"));
        }
        topics.produce(records());
        return new Relays(hadoop, brokers, topics);
    }

    private static List<ProducerRecord<byte[], byte[]>> records() {
        byte[] filling = new byte[RECORD_BYTES];
        new Random(7).nextBytes(filling); // does not compress
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            for (TopicPartition partition : READ) {
                byte[] text = (name(partition, i) + FILLING).getBytes(ISO_8859_1);
                byte[] value = Arrays.copyOf(text, text.length + filling.length);
                System.arraycopy(filling, 0, value, text.length, filling.length);
                records.add(new ProducerRecord<>(partition.topic().value(), partition.partition(), null, value));
            }
        }
        records.add(new ProducerRecord<>("clicks-not", 0, null, "not#".getBytes(UTF_8)));
        return records;
    }

    private static String name(TopicPartition partition, int number) {
        return partition + "@" + number;
    }

    /** What is written of a record that was read. */
    static Text written(TopicRecord record) {
        String value = new String(record.value(), ISO_8859_1);
        return new Text(value.substring(0, value.indexOf(FILLING)));
    }

    /** Reads all there is as the group {@code written} and writes the topic of that name. */
    Job job(String written, Class<? extends Mapper<NullWritable, TopicRecord, Text, Text>> mapper, Meetings meetings)
            throws IOException {
        Configuration conf = hadoop.configuration();
        meetings.tell(conf);
        TopicInputFormat.setBootstrap(conf, brokers.bootstrap());
        conf.set("millstream.input.topics.regex", "clicks-.*");
        conf.set("millstream.input.topics.exclude", ".*-not");
        conf.setInt("millstream.input.split.bytes", RECORDS * (RECORD_BYTES + RECORD_BYTES / 50));
        TopicInputFormat.setGroup(conf, written, brokers.zooKeeper());
        TopicOutputFormat.setTopics(conf, written);
        TopicOutputFormat.setZooKeeper(conf, brokers.zooKeeper());
        Job job = Job.getInstance(conf, written);
        job.setInputFormatClass(TopicInputFormat.class);
        job.setMapperClass(mapper);
        job.setNumReduceTasks(0);
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(Text.class);
        job.setOutputFormatClass(TopicOutputFormat.class);
        job.setMapSpeculativeExecution(true);
        conf = job.getConfiguration();
        conf.setInt("mapreduce.job.speculative.retry-after-speculate", SPECULATION_MILLIS);
        conf.setInt("mapreduce.job.speculative.retry-after-no-speculate", SPECULATION_MILLIS);
        TopicInputFormat.commitOnSuccess(job);
        return job;
    }

    /** Waits for the end: then each record is in the topic once, and all of them are committed. */
    void ensureExact(Job job, String written) throws Exception {
        assertThat(job.waitForCompletion(false))
                .as(job.getStatus().getFailureInfo())
                .isTrue();
        assertThat(publication(job)).contains("\"PUBLISHED\"");
        assertThat(topics.read(written).stream().map(each -> new String(each.value(), UTF_8)))
                .containsExactlyInAnyOrderElementsOf(READ.stream()
                        .flatMap(partition ->
                                Stream.iterate(0, i -> i + 1).limit(RECORDS).map(i -> name(partition, i)))
                        .toList());
        assertThat(topics.committed(written)).hasSize(READ.size()).allSatisfy((partition, offset) -> assertThat(offset)
                .isEqualTo(RECORDS));
    }

    /** What ZooKeeper has of a job's output; empty while that is nothing. */
    String publication(Job job) {
        Coordination zooKeeper = brokers.observer();
        return Coordination.await(zooKeeper.children("/output")).stream()
                .flatMap(name -> Coordination.await(zooKeeper.read("/output/" + name)).stream())
                .map(Versioned::value)
                .map(text -> new String(text, UTF_8))
                .filter(text -> text.contains(job.getJobID().toString()))
                .findFirst()
                .orElse("");
    }
}
