package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of several schemas in one topic, with schemas from a real ZooKeeper. */
class AvroTopicInputFormatTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);
    private static final Schema OLD =
            SchemaBuilder.record("Click").fields().requiredString("url").endRecord();
    private static final Schema NEW = SchemaBuilder.record("Click")
            .fields()
            .requiredString("url")
            .name("user")
            .type()
            .longType()
            .longDefault(-1)
            .endRecord();

    @TempDir
    private static Path folder;

    private static EmbeddedZooKeeper server;
    private static Coordination zooKeeper;
    private static SchemaRegistry registry;

    private final FakeCluster cluster = FakeCluster.of(1).topic("clicks", 1).topic("plain", 1);
    private final Configuration conf = new Configuration(false);

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedZooKeeper.start(folder, 0);
        zooKeeper = ZooKeeperCoordination.connect(server.connectString(), 10_000, 10_000, Clock.system());
        registry = new SchemaRegistry(zooKeeper);
    }

    @AfterAll
    static void stop() {
        zooKeeper.close();
        server.close();
    }

    @BeforeEach
    void twoSchemasAndATombstone() {
        AvroSerializer serializer = AvroSerializer.forValues(registry);
        byte[] old = serializer.serialize(
                "clicks", new GenericRecordBuilder(OLD).set("url", "/a").build());
        byte[] fresh = serializer.serialize(
                "clicks",
                new GenericRecordBuilder(NEW).set("url", "/b").set("user", 7L).build());
        append(CLICKS, old, fresh, null, old);
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setTopics(conf, "clicks");
        AvroTopicInputFormat.setZooKeeper(conf, server.connectString());
        conf.set("millstream.input.timeout.ms", "10000");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void all_values_get_the_schema_that_is_newest_at_planning() throws Exception {
        assertThat(readAll())
                .containsExactly(
                        "clicks-0@0 {\"url\": \"/a\", \"user\": -1}",
                        "clicks-0@1 {\"url\": \"/b\", \"user\": 7}",
                        "clicks-0@2 null",
                        "clicks-0@3 {\"url\": \"/a\", \"user\": -1}");
    }

    @Test
    void values_keep_the_schema_they_were_written_with_if_asked() throws Exception {
        conf.set("millstream.input.avro.reader", "writer");

        assertThat(readAll()).contains("clicks-0@0 {\"url\": \"/a\"}", "clicks-0@1 {\"url\": \"/b\", \"user\": 7}");
    }

    @Test
    void tasks_need_no_registry() throws Exception {
        Job job = Job.getInstance(conf);
        List<InputSplit> splits = new AvroTopicInputFormat().getSplits(job);
        job.getConfiguration().set("millstream.input.zookeeper", "nowhere.invalid:1");

        assertThat(read(splits, job.getConfiguration())).hasSize(4);
    }

    @Test
    void a_value_that_is_not_avro_is_named() {
        append(CLICKS, "no avro".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("offset 4 of clicks-0")
                .hasMessageContaining("6e6f206176726f");
    }

    @Test
    void a_topic_without_a_schema_is_named() {
        append(new TopicPartition("plain", 0), new byte[] {1});
        TopicInputFormat.setTopics(conf, "plain");

        assertThatThrownBy(this::readAll).isInstanceOf(InputException.class).hasMessageContaining("plain-value");
    }

    @Test
    void settings_that_cannot_be_meant_are_refused() {
        conf.set("millstream.input.avro.reader", "newest");
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("latest, writer or TOPIC:ID");

        conf.set("millstream.input.avro.reader", "clicks:1,plain=2");
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("avro.reader=clicks:1,plain=2; it may be")
                .hasMessageContaining("'plain=2' has no id");
        conf.set("millstream.input.avro.reader", "clicks:1 clicks:2");
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("topic clicks has two ids, 1 and 2");
        conf.set("millstream.input.avro.reader", ":1");
        assertThatThrownBy(this::readAll).isInstanceOf(InputException.class).hasMessageContaining("':1' has no topic");
        conf.set("millstream.input.avro.reader", "cliks:1");
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("avro.reader has topic cliks, which the job does not read");

        conf.unset("millstream.input.zookeeper");
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("millstream.input.zookeeper");
    }

    private void append(TopicPartition partition, byte[]... values) {
        List<Record> records = new ArrayList<>();
        long first = cluster.end(partition);
        for (int i = 0; i < values.length; i++) {
            records.add(new Record(first + i, 0, null, values[i], List.of()));
        }
        cluster.append(partition, Codec.ZSTD, records);
    }

    private List<String> readAll() throws Exception {
        Job job = Job.getInstance(conf);
        return read(new AvroTopicInputFormat().getSplits(job), job.getConfiguration());
    }

    private static List<String> read(List<InputSplit> splits, Configuration conf) throws Exception {
        List<String> read = new ArrayList<>();
        TaskAttemptContext context = new Task().context(conf);
        for (InputSplit split : splits) {
            try (RecordReader<TopicRecord, GenericRecord> reader =
                    new AvroTopicInputFormat().createRecordReader(split, context)) {
                reader.initialize(split, context);
                while (reader.nextKeyValue()) {
                    TopicRecord at = reader.getCurrentKey();
                    read.add(at.topicPartition() + "@" + at.offset() + " " + reader.getCurrentValue());
                }
            }
        }
        return read;
    }
}
