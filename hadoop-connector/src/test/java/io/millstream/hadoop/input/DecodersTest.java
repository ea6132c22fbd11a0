package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.coordination.Coordination;
import io.millstream.coordination.EmbeddedZooKeeper;
import io.millstream.coordination.ZooKeeperCoordination;
import io.millstream.core.Clock;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Header;
import io.millstream.record.Record;
import io.millstream.schemas.SchemaRegistry;
import io.millstream.schemas.Shown;
import io.millstream.schemas.serde.AvroSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What mappers get as keys and values, by each of the formats. */
final class DecodersTest {

    private static final TopicPartition CLICKS = new TopicPartition("clicks", 0);

    private final FakeCluster cluster = FakeCluster.of(1).topic("clicks", 1);
    private final Configuration conf = new Configuration(false);

    @BeforeEach
    void configure() {
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setTopics(conf, "clicks");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void append(byte[]... values) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            List<Header> headers = i == 0 ? List.of(new Header("from", new byte[] {1})) : List.of();
            records.add(new Record(cluster.end(CLICKS) + i, 1000 + i, bytes("key" + i), values[i], headers));
        }
        cluster.append(CLICKS, Codec.LZ4, records);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What is read, as {@code seen} tells it of each key and value. */
    private <V> List<String> read(
            InputFormat<TopicRecord, V> format, java.util.function.BiFunction<TopicRecord, V, String> seen)
            throws Exception {
        Job job = Job.getInstance(conf);
        List<String> read = new ArrayList<>();
        for (InputSplit split : format.getSplits(job)) {
            TaskAttemptContext context = new Task().context(job.getConfiguration());
            try (RecordReader<TopicRecord, V> reader = format.createRecordReader(split, context)) {
                reader.initialize(split, context);
                while (reader.nextKeyValue()) {
                    read.add(seen.apply(reader.getCurrentKey(), reader.getCurrentValue()));
                }
            }
        }
        return read;
    }

    @Test
    void text_and_bytes_come_in_one_object_each_with_a_key_that_knows_where_the_record_lies() throws Exception {
        append(bytes("first"), null, bytes("2nd"));

        List<Text> texts = new ArrayList<>();
        List<String> read = read(new TextTopicInputFormat(), (key, value) -> {
            texts.add(value);
            return key.topic() + " " + key.partition() + " " + key.offset() + " " + key.timestamp() + " "
                    + new String(key.key(), StandardCharsets.UTF_8) + " "
                    + key.headers().size() + " " + value;
        });
        List<String> lengths = read(
                new BytesTopicInputFormat(),
                (key, value) -> value == null ? "none" : Integer.toString(value.getLength()));

        assertThat(read)
                .containsExactly(
                        "clicks 0 0 1000 key0 1 first", "clicks 0 1 1001 key1 0 null", "clicks 0 2 1002 key2 0 2nd");
        assertThat(texts.get(0)).isSameAs(texts.get(2));
        assertThat(lengths).containsExactly("5", "none", "3");
    }

    /** Lengths of values, in one object. */
    public static final class Lengths implements ValueDecoder<StringBuilder> {
        private String unit;

        @Override
        public void configure(Configuration conf) {
            unit = conf.get("unit");
        }

        @Override
        public StringBuilder decode(TopicRecord record, StringBuilder reuse) throws IOException {
            if (record.valueLength() == 3) {
                throw new IOException("three is not allowed");
            }
            if (record.valueLength() == 4) {
                return decode(record, reuse); // never comes back, as with a value that is nested too deep
            }
            StringBuilder text = reuse == null ? new StringBuilder() : reuse;
            text.setLength(0);
            return text.append(record.valueLength()).append(unit);
        }
    }

    @Test
    void a_decoder_of_the_users_is_configured_and_its_failure_names_the_record() throws Exception {
        append(bytes("first"), bytes("second"));
        conf.set("unit", "B");
        DecodedTopicInputFormat.setDecoder(conf, Lengths.class);

        assertThat(read(new DecodedTopicInputFormat<StringBuilder>(), (key, value) -> value.toString()))
                .containsExactly("5B", "6B");

        append(bytes("abc"));
        assertThatThrownBy(() -> read(new DecodedTopicInputFormat<StringBuilder>(), (key, value) -> ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("offset 2 of clicks-0")
                .hasMessageContaining("616263")
                .hasMessageContaining("three is not allowed");
        conf.set("millstream.input.offsets", "clicks:0:3:4");
        conf.unset("millstream.input.topics");
        append(bytes("deep"));
        assertThatThrownBy(() -> read(new DecodedTopicInputFormat<StringBuilder>(), (key, value) -> ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "offset 3 of clicks-0 cannot be decoded (first bytes 64656570): it is nested too");
        conf.set("millstream.input.decoder", "no.such.Class");
        assertThatThrownBy(() -> read(new DecodedTopicInputFormat<StringBuilder>(), (key, value) -> ""))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no.such.Class");
    }

    @Test
    void generated_classes_are_filled_by_their_own_schema(@TempDir Path folder) throws Exception {
        Schema old = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"GeneratedClick\",\"namespace\":\"io.millstream.hadoop.input\","
                        + "\"fields\":[{\"name\":\"url\",\"type\":\"string\"}]}");
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, 0);
                Coordination zooKeeper =
                        ZooKeeperCoordination.connect(server.connectString(), 10_000, 10_000, Clock.system())) {
            SchemaRegistry registry = new SchemaRegistry(zooKeeper);
            AvroSerializer serializer = AvroSerializer.forValues(registry);
            append(
                    serializer.serialize(
                            "clicks",
                            new GenericRecordBuilder(old).set("url", "/a").build()),
                    serializer.serialize(
                            "clicks",
                            new GenericRecordBuilder(GeneratedClick.SCHEMA$)
                                    .set("url", "/b")
                                    .set("user", 7L)
                                    .build()));
            AvroTopicInputFormat.setZooKeeper(conf, server.connectString());
            SpecificTopicInputFormat.setClass(conf, "clicks", NotGenerated.class); // and then another
            SpecificTopicInputFormat.setClass(conf, "clicks", GeneratedClick.class);

            assertThat(read(
                            new SpecificTopicInputFormat<GeneratedClick>(),
                            (key, value) -> value.get(0) + " " + value.get(1)))
                    .containsExactly("/a -1", "/b 7");

            Configuration resolved = SpecificTopicInputFormat.resolved(conf);
            assertThat(PinnedSchemas.load(resolved).schemas().toJson()).contains("GeneratedClick");
            String type = GeneratedClick.class.getName();
            String noTopic = "clicks=" + type;
            assertRefused(noTopic).hasMessageContaining("'" + noTopic + "': it is not TOPIC:CLASS");
            assertRefused("clicks:" + type + ",klicks:" + type)
                    .hasMessage("millstream.input.avro.classes has topic klicks, which the job does not read");
            assertRefused("clicks:" + type + ",clicks:" + NotGenerated.class.getName())
                    .hasMessage("millstream.input.avro.classes has two classes for topic clicks: " + type + " and "
                            + NotGenerated.class.getName());

            conf.set(
                    "millstream.input.avro.reader",
                    "clicks:"
                            + registry.versions("clicks-value", Shown.LIVE)
                                    .get(0)
                                    .id());
            assertThat(read(new AvroTopicInputFormat(), (key, value) -> value.toString()))
                    .containsExactly("{\"url\": \"/a\"}", "{\"url\": \"/b\"}");
        }
    }

    /** Only a name: it has no schema. */
    public static final class NotGenerated extends GeneratedClick {
        private static final long serialVersionUID = 1L;
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String classes) {
        Configuration changed = new Configuration(conf);
        changed.set("millstream.input.avro.classes", classes);
        return assertThatThrownBy(() -> SpecificTopicInputFormat.resolved(changed))
                .isInstanceOf(InputException.class);
    }

    @Test
    void the_older_api_reads_the_same() throws Exception {
        append(bytes("first"), bytes("second"));
        JobConf job = new JobConf(conf);
        MapredTopicInputFormat format = new MapredTopicInputFormat();

        org.apache.hadoop.mapred.InputSplit[] splits = format.getSplits(job, 50);
        List<String> read = new ArrayList<>();
        try (org.apache.hadoop.mapred.RecordReader<org.apache.hadoop.io.NullWritable, TopicRecord> reader =
                format.getRecordReader(splits[0], job, Reporter.NULL)) {
            TopicRecord value = reader.createValue();
            while (reader.next(reader.createKey(), value)) {
                read.add(value.offset() + new String(value.value(), StandardCharsets.UTF_8));
            }
            assertThat(reader.getPos()).isEqualTo(2);
            assertThat(reader.getProgress()).isEqualTo(1);
        }

        assertThat(splits).hasSize(1);
        assertThat(read).containsExactly("0first", "1second");
    }

    /** As Hadoop's MultithreadedMapRunner does, whose threads map the first while the others are read. */
    @Test
    void values_of_the_older_api_are_kept_by_who_makes_a_new_one_for_each_record() throws Exception {
        append(bytes("first"), bytes("second"), bytes("third"));
        JobConf job = new JobConf(conf);
        MapredTopicInputFormat format = new MapredTopicInputFormat();
        List<TopicRecord> kept = new ArrayList<>();
        try (org.apache.hadoop.mapred.RecordReader<org.apache.hadoop.io.NullWritable, TopicRecord> reader =
                format.getRecordReader(format.getSplits(job, 1)[0], job, Reporter.NULL)) {
            TopicRecord value = reader.createValue();
            while (reader.next(reader.createKey(), value)) {
                kept.add(value);
                value = reader.createValue();
            }
        }

        assertThat(kept)
                .extracting(each -> each.offset()
                        + new String(each.key(), StandardCharsets.UTF_8)
                        + new String(each.value(), StandardCharsets.UTF_8)
                        + each.headers().size())
                .containsExactly("0key0first1", "1key1second0", "2key2third0");
    }

    @Test
    void bytes_of_a_value_are_not_those_of_the_next(@TempDir Path folder) throws Exception {
        append(bytes("first"), bytes("2"));
        List<byte[]> kept = new ArrayList<>();
        read(new BytesTopicInputFormat(), (key, value) -> {
            kept.add(key.value());
            return "";
        });

        assertThat(kept).containsExactly(bytes("first"), bytes("2"));
        assertThat(new BytesWritable(kept.get(0)).getLength()).isEqualTo(5);
    }
}
