package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicName;
import io.millstream.core.TopicPartition;
import io.millstream.record.Codec;
import io.millstream.record.Record;
import io.millstream.wire.ApiKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A task's view, on brokers that fail in every way: it reads all offsets of its split, or says which it could not. */
class TopicRecordReaderTest {

    private static final TopicPartition FIRST = new TopicPartition("clicks", 0);
    private static final TopicPartition SECOND = new TopicPartition("clicks", 1);

    private final FakeCluster cluster = FakeCluster.of(2).topic("clicks", 2);
    private final Configuration conf = new Configuration(false);
    private final Task task = new Task();
    private final TopicRecordReader reader = new TopicRecordReader();

    @BeforeEach
    void twoPartitionsOfTenBatches() {
        conf.set("millstream.input.bootstrap", cluster.bootstrap());
        conf.set("millstream.input.timeout.ms", "20000");
        for (int i = 0; i < 10; i++) {
            cluster.append(FIRST, 10);
            cluster.append(SECOND, 10);
        }
    }

    @AfterEach
    void close() throws IOException {
        reader.close();
        cluster.close();
    }

    @Test
    void reads_its_ranges_in_order_and_nothing_else() throws IOException {
        start(range(SECOND, 5, 42), range(FIRST, 0, 100), range(SECOND, 42, 43));
        assertThat(reader.getProgress()).isZero();

        List<String> read = readAll();

        List<String> wanted = new ArrayList<>(values(SECOND, 5, 42));
        wanted.addAll(values(FIRST, 0, 100));
        wanted.addAll(values(SECOND, 42, 43));
        assertThat(read).isEqualTo(wanted);
        assertThat(reader.getProgress()).isEqualTo(1);
        assertThat(task.count(InputCounter.RECORDS)).isEqualTo(138);
        assertThat(task.count(InputCounter.OFFSETS)).isEqualTo(138);
        assertThat(task.count(InputCounter.GAP_OFFSETS)).isZero();
        assertThat(task.count(InputCounter.RECORD_BYTES))
                .isEqualTo(wanted.stream().mapToInt(String::length).sum());
        assertThat(task.signsOfLife()).isPositive();
        assertThat(task.status()).contains("clicks-");
    }

    @ParameterizedTest
    @EnumSource
    void reads_every_codec(Codec codec) throws IOException {
        List<Record> records = new ArrayList<>();
        for (int i = 100; i < 400; i++) {
            records.add(new Record(
                    i, i, new byte[] {1}, values(FIRST, i, i + 1).get(0).getBytes(StandardCharsets.UTF_8), List.of()));
        }
        cluster.append(FIRST, codec, records);

        start(range(FIRST, 150, 400));

        assertThat(readAll()).isEqualTo(values(FIRST, 150, 400));
    }

    @Test
    void progress_is_the_part_of_the_offsets_that_is_accounted_for() throws IOException {
        start(range(FIRST, 0, 50), range(SECOND, 0, 50));

        for (int i = 1; i <= 100; i++) {
            assertThat(reader.nextKeyValue()).isTrue();
            assertThat(reader.getProgress()).isEqualTo(i / 100f);
        }
        assertThat(reader.nextKeyValue()).isFalse();
        assertThat(reader.nextKeyValue()).isFalse();
    }

    @Test
    void offsets_that_compaction_removed_are_counted_as_gaps() throws IOException {
        cluster.append(FIRST, Codec.NONE, List.of(new Record(150, 0, null, new byte[] {'x'}, List.of())));
        cluster.append(FIRST, Codec.NONE, List.of(new Record(200, 0, null, new byte[] {'y'}, List.of())));

        start(range(FIRST, 95, 180));

        assertThat(readAll()).hasSize(6).endsWith("x");
        assertThat(task.count(InputCounter.GAP_OFFSETS)).isEqualTo(79);
        assertThat(task.count(InputCounter.OFFSETS)).isEqualTo(85);
    }

    @Test
    void follows_a_leader_that_moves_and_resumes_at_the_exact_offset() throws IOException {
        cluster.answerBatches(1);
        start(range(FIRST, 0, 100));
        List<String> read = new ArrayList<>();
        for (int i = 0; i < 35; i++) {
            read.add(next());
        }

        cluster.moveLeader(FIRST, 1);
        cluster.broker(0).hangUp();
        read.addAll(readAll());

        assertThat(read).isEqualTo(values(FIRST, 0, 100));
    }

    @Test
    void a_broker_that_hangs_up_again_and_again_is_asked_again() throws IOException {
        cluster.answerBatches(1);
        start(range(FIRST, 0, 100));
        List<String> read = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            cluster.broker(0).hangUp();
            for (int j = 0; j < 10; j++) {
                read.add(next());
            }
        }

        assertThat(reader.nextKeyValue()).isFalse();
        assertThat(read).isEqualTo(values(FIRST, 0, 100));
    }

    @Test
    void retained_data_that_is_gone_fails_the_task_by_name() throws IOException {
        cluster.answerBatches(1);
        start(range(SECOND, 0, 80));
        for (int i = 0; i < 10; i++) {
            next();
        }
        cluster.moveStart(SECOND, 70);

        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("clicks-1")
                .hasMessageContaining("70");
    }

    @Test
    void offsets_that_never_come_are_a_failure_and_not_the_end() throws IOException {
        conf.set("millstream.input.timeout.ms", "700");
        cluster.answerNothing();
        start(range(FIRST, 0, 100));

        assertThatThrownBy(this::readAll).isInstanceOf(InputException.class).hasMessageContaining("clicks-0");
        assertThat(task.signsOfLife()).isPositive();
    }

    @Test
    void a_log_cut_below_what_was_planned_is_a_failure() throws IOException {
        cluster.moveEnd(FIRST, 60);
        start(range(FIRST, 70, 100));

        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("clicks-0")
                .hasMessageContaining("60");
    }

    @Test
    void a_damaged_batch_fails_the_task_by_name_after_what_is_before_it() throws IOException {
        cluster.damage(FIRST, 4);
        start(range(FIRST, 0, 100));

        for (int i = 0; i < 40; i++) {
            next();
        }
        for (int again = 0; again < 3; again++) {
            assertThatThrownBy(reader::nextKeyValue)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("clicks-0")
                    .hasMessageContaining("40");
        }
    }

    @Test
    void the_end_is_only_said_when_every_offset_is_accounted_for() throws IOException {
        start(range(FIRST, 0, 100));
        next();
        reader.close();

        assertThatThrownBy(reader::nextKeyValue)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("Only 0 of the 100 offsets");
    }

    @Test
    void brokers_are_asked_once_whether_the_topic_of_all_ranges_is_still_the_one_planned() throws IOException {
        UUID planned = new UUID(1, 2);
        cluster.tellTopicId(planned);
        startOf(planned, range(SECOND, 0, 10), range(FIRST, 0, 10), range(SECOND, 50, 60), range(FIRST, 50, 60));
        assertThat(readAll()).hasSize(40);
        assertThat(cluster.broker(0).calls(ApiKey.METADATA).size()
                        + cluster.broker(1).calls(ApiKey.METADATA).size())
                .isEqualTo(2); // where leaders are, and this

        startOf(planned, range(SECOND, 0, 10), range(FIRST, 0, 10));
        next();
        cluster.tellTopicId(new UUID(3, 4));
        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("deleted and made again");
    }

    private void startOf(UUID topicId, OffsetRange... ranges) throws IOException {
        Map<TopicName, UUID> ids = Map.of(FIRST.topic(), topicId);
        reader.initialize(new TopicSplit(List.of(ranges), 1, List.of(), ids), task.context(conf));
    }

    @Test
    void a_task_that_stops_early_fails_where_the_offsets_of_its_split_are_committed() throws IOException {
        conf.setBoolean("millstream.input.commit", true);
        start(range(FIRST, 0, 100), range(SECOND, 0, 100));
        for (int i = 0; i < 123; i++) {
            next();
        }

        assertThatThrownBy(reader::close)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("after 123 of the 200 offsets of its split, at offset 23 of clicks-1")
                .hasMessageContaining("do without commitOnSuccess");
        reader.close(); // as Hadoop does again
        assertThat(task.count(InputCounter.OFFSETS)).isEqualTo(123);
        assertThat(task.count(InputCounter.RECORDS)).isEqualTo(123);

        start(range(FIRST, 0, 100));
        readAll();
        reader.close();

        cluster.damage(SECOND, 4);
        start(range(SECOND, 0, 100));
        assertThatThrownBy(this::readAll).hasMessageContaining("corrupt");
        assertThatThrownBy(reader::close)
                .hasMessageContaining("after 40 of the 100")
                .hasMessageContaining("corrupt");
    }

    @Test
    void a_split_without_ranges_is_done() throws IOException {
        start();

        assertThat(reader.nextKeyValue()).isFalse();
        assertThat(reader.getProgress()).isEqualTo(1);
    }

    private void start(OffsetRange... ranges) throws IOException {
        reader.initialize(new TopicSplit(List.of(ranges), 1, List.of()), task.context(conf));
    }

    private String next() throws IOException {
        assertThat(reader.nextKeyValue()).isTrue();
        return new String(reader.getCurrentValue().value(), StandardCharsets.UTF_8);
    }

    private List<String> readAll() throws IOException {
        List<String> values = new ArrayList<>();
        while (reader.nextKeyValue()) {
            values.add(new String(reader.getCurrentValue().value(), StandardCharsets.UTF_8));
        }
        return values;
    }

    private static List<String> values(TopicPartition partition, long from, long to) {
        List<String> values = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            values.add(partition + "@" + offset);
        }
        return values;
    }

    private static OffsetRange range(TopicPartition partition, long from, long to) {
        return new OffsetRange(partition, from, to);
    }
}
