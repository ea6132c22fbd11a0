package io.millstream.hadoop.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millstream.core.TopicPartition;
import io.millstream.hadoop.input.FakeCluster.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that answers for one partition with all that goes wrong: a task reads everything, or fails by name. */
final class HostileBrokerTest {

    private static final TopicPartition FIRST = new TopicPartition("clicks", 0);
    private static final TopicPartition HOSTILE = new TopicPartition("clicks", 1);

    private final FakeCluster cluster = FakeCluster.of(2).topic("clicks", 2);
    private final Configuration conf = new Configuration(false);
    private final Task task = new Task();

    @BeforeEach
    void twoPartitions() {
        for (int i = 0; i < 20; i++) {
            cluster.append(FIRST, 10);
            cluster.append(HOSTILE, 10);
        }
        cluster.answerBatches(2);
        TopicInputFormat.setBootstrap(conf, cluster.bootstrap());
        TopicInputFormat.setTopics(conf, "clicks");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void whatever_passes_is_ridden_out_and_no_record_is_lost_or_read_twice() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        List<Trouble> passing = List.of(Trouble.EMPTY, Trouble.NOT_LEADER, Trouble.CUT, Trouble.HANG_UP);
        cluster.trouble(
                HOSTILE, () -> random.nextInt(3) == 0 ? passing.get(random.nextInt(passing.size())) : Trouble.NONE);

        List<String> read = readAll();

        List<String> expected = Lines.expected("clicks", 2, 0, 200);
        assertThat(read).as("-Dseed=%d", seed).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(task.count(InputCounter.OFFSETS)).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"EMPTY", "NOT_LEADER", "CUT", "HANG_UP", "SILENCE"})
    void what_does_not_pass_fails_the_task_and_names_topic_partition_offset_and_broker(Trouble trouble) {
        conf.set("millstream.input.timeout.ms", "1500");
        int[] fetches = {0};
        cluster.trouble(HOSTILE, () -> ++fetches[0] <= 5 ? Trouble.NONE : trouble);

        assertThatThrownBy(this::readAll)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("clicks-1")
                .hasMessageContaining("offset 100")
                .hasMessageContaining(cluster.broker(1).endpoint().toString());
    }

    private List<String> readAll() throws Exception {
        List<String> values = new ArrayList<>();
        for (TopicSplit split : TopicInputFormat.plan(conf)) {
            try (TopicRecordReader reader = new TopicRecordReader()) {
                reader.initialize(split, task.context(conf));
                while (reader.nextKeyValue()) {
                    values.add(new String(reader.getCurrentValue().value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }
}
